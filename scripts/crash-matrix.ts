// Runs the crash matrix on an engine and writes its page in docs/: every step, cut off before, inside and after what it
// does, in every way; then taken up again. Takes most of an hour on two cores.
// With RESULTS, a file, it goes on where a run before was ended, and tries again what was not well.
//   node scripts/crash-matrix.ts embedded|pulumi [WORKERS [RESULTS]]
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CrashBed } from "../test/support/crash-bed.ts";
import { type Cell, cellsOn, crashPage, type Found, nameOf, pageOf, startOf } from "../test/support/crash-cells.ts";
import { type Engine, engines, repository } from "../test/support/engines.ts";

const [name = "", workers = "2", results = ""] = process.argv.slice(2);
const engine = engines.find((one) => one.name === name);
if (engine === undefined) {
  const here = engines.map((one) => one.name).join(" or ");
  process.stderr.write(`${JSON.stringify(name)} is no engine that is here: ${here}\n`);
  process.exit(1);
}
const cells = cellsOn(engine.name);
const before = existsSync(results) ? (JSON.parse(readFileSync(results, "utf8")) as [string, Found][]) : [];
const names = new Set(cells.map(nameOf));
const found = new Map(before.filter(([name, { wrong }]) => names.has(name) && wrong.length === 0));
const queue = cells.filter((cell) => !found.has(nameOf(cell)));
/** Where one way of cutting off never happened, no other does. */
const unreached = new Set<string>();
const place = ({ direction, step, when }: Cell): string => `${direction} ${step} ${JSON.stringify(when)}`;

async function work(engine: Engine): Promise<void> {
  let bed = await CrashBed.open(engine);
  for (let cell = next(bed); cell !== undefined; cell = next(bed)) {
    const result = unreached.has(place(cell)) ? { happened: false, wrong: [] } : await run(bed, cell);
    if (!result.happened && result.wrong.length === 0) unreached.add(place(cell));
    found.set(nameOf(cell), result);
    const said = result.wrong.length > 0 ? result.wrong.join("\n  ") : result.happened ? "well" : "not reached";
    if (results !== "") writeFileSync(results, JSON.stringify([...found]));
    process.stdout.write(`${found.size}/${cells.length} ${nameOf(cell)}: ${said}\n`);
    if (result.wrong.length === 0) continue;
    await bed.remove();
    bed = await CrashBed.open(engine);
  }
  await bed.remove();
}

/** A cell that begins with what the bed serves now, if there is one: getting there takes as long as a cell. */
function next(bed: CrashBed): Cell | undefined {
  const at = queue.findIndex(({ direction }) => startOf(direction) === bed.serving);
  return queue.splice(Math.max(at, 0), 1)[0];
}

async function run(bed: CrashBed, cell: Cell): Promise<Found> {
  try {
    return await bed.run(cell);
  } catch (error) {
    return { happened: false, wrong: [String(error)] };
  }
}

await Promise.all(Array.from({ length: Number(workers) }, () => work(engine)));
writeFileSync(join(repository, "docs", pageOf[engine.name]), crashPage(engine.name, found));
process.exitCode = [...found.values()].some(({ wrong }) => wrong.length > 0) ? 1 : 0;
