// Runs the crash matrix on an engine and writes its page in docs/, after each cell: every step, cut off before, inside and
// after what it does, in every way; then taken up again. Takes some hours on two cores.
// With RESULTS, a file, it goes on where a run before was ended: first with what it has not, then with what was not well,
// and last with what was run before effects were counted. Each result is stamped with the commit it was run at.
//   node scripts/crash-matrix.ts embedded|pulumi [WORKERS [RESULTS]]
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "../examples/parcel/git.ts";
import { CrashBed } from "../test/support/crash-bed.ts";
import { type Cell, cellsOn, type Found, nameOf, startOf } from "../test/support/crash-cells.ts";
import { crashPage, pageOf } from "../test/support/crash-page.ts";
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
const found = new Map(before.filter(([name]) => names.has(name)));
const isOld = ({ happened, effects }: Found): boolean => happened && effects === undefined;
/** The smaller the sooner; undefined for what need not be run again. */
function turnOf(cell: Cell): number | undefined {
  const result = found.get(nameOf(cell));
  if (result === undefined) return 0;
  if (result.wrong.length > 0) return 1;
  return isOld(result) ? 2 : undefined;
}
const queues = [0, 1, 2].map((turn) => cells.filter((cell) => turnOf(cell) === turn));
const head = await git(repository, ["rev-parse", "--short", "HEAD"]);
const changed = await git(repository, ["status", "--porcelain", "--", ".", ":!docs"]);
const commit = changed === "" ? head : `${head} with changes`;
/** Where one way of cutting off never happened, no other does. */
const unreached = new Set<string>();
const place = ({ direction, step, when }: Cell): string => `${direction} ${step} ${JSON.stringify(when)}`;

function writePage(): void {
  if (engine) writeFileSync(join(repository, "docs", pageOf[engine.name]), crashPage(engine.name, found));
}

async function work(engine: Engine): Promise<void> {
  let bed = await CrashBed.open(engine);
  for (let cell = next(bed); cell !== undefined; cell = next(bed)) {
    const result = unreached.has(place(cell)) ? { happened: false, wrong: [], at: commit } : await run(bed, cell);
    if (!result.happened && result.wrong.length === 0) unreached.add(place(cell));
    found.set(nameOf(cell), result);
    const said = result.wrong.length > 0 ? result.wrong.join("\n  ") : result.happened ? "well" : "not reached";
    if (results !== "") writeFileSync(results, JSON.stringify([...found]));
    writePage();
    process.stdout.write(`${found.size}/${cells.length} ${nameOf(cell)}: ${said}\n`);
    if (result.wrong.length === 0) continue;
    await bed.remove();
    bed = await CrashBed.open(engine);
  }
  await bed.remove();
}

/** A cell that begins with what the bed serves now, if there is one: getting there takes as long as a cell. */
function next(bed: CrashBed): Cell | undefined {
  const queue = queues.find((one) => one.length > 0) ?? [];
  const at = queue.findIndex(({ direction }) => startOf(direction) === bed.serving);
  return queue.splice(Math.max(at, 0), 1)[0];
}

async function run(bed: CrashBed, cell: Cell): Promise<Found> {
  try {
    return { ...(await bed.run(cell)), at: commit };
  } catch (error) {
    return { happened: false, wrong: [String(error)], at: commit };
  }
}

await Promise.all(Array.from({ length: Number(workers) }, () => work(engine)));
writePage();
process.exitCode = [...found.values()].some(({ wrong }) => wrong.length > 0) ? 1 : 0;
