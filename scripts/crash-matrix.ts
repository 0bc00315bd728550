// Runs the crash matrix on the embedded engine and writes docs/crash-matrix.md: every step, cut off before, inside and
// after what it does, in every way; then taken up again. Half an hour on two cores.
//   node scripts/crash-matrix.ts [WORKERS]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cell, CrashBed, type Found } from "../test/support/crash-bed.ts";
import { cells, crashPage, nameOf } from "../test/support/crash-cells.ts";
import { embedded, repository } from "../test/support/engines.ts";

const queue = [...cells];
const found = new Map<string, Found>();
/** Where one way of cutting off never happened, no other does. */
const unreached = new Set<string>();
const place = ({ direction, step, when }: Cell): string => `${direction} ${step} ${JSON.stringify(when)}`;

async function work(): Promise<void> {
  let bed = await CrashBed.open(embedded);
  for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
    const result = unreached.has(place(cell)) ? { happened: false, wrong: [] } : await run(bed, cell);
    if (!result.happened && result.wrong.length === 0) unreached.add(place(cell));
    found.set(nameOf(cell), result);
    const said = result.wrong.length > 0 ? result.wrong.join("\n  ") : result.happened ? "well" : "not reached";
    process.stdout.write(`${found.size}/${cells.length} ${nameOf(cell)}: ${said}\n`);
    if (result.wrong.length === 0) continue;
    await bed.remove();
    bed = await CrashBed.open(embedded);
  }
  await bed.remove();
}

async function run(bed: CrashBed, cell: Cell): Promise<Found> {
  try {
    return await bed.run(cell);
  } catch (error) {
    return { happened: false, wrong: [String(error)] };
  }
}

await Promise.all(Array.from({ length: Number(process.argv[2] ?? 2) }, work));
writeFileSync(join(repository, "docs/crash-matrix.md"), crashPage(found));
process.exitCode = [...found.values()].some(({ wrong }) => wrong.length > 0) ? 1 : 0;
