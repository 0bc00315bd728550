/** Proves that a restore whose process is killed at any moment loses nothing that was not counted and kept. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { sqliteBackup } from "../../../../actions/databases/sqlite/backup.ts";
import { sqliteProve } from "../../../../actions/databases/sqlite/prove.ts";
import { lossesOfRestoring } from "../../../../actions/databases/sqlite/replaced.ts";
import { inStore } from "../../../../release/store.ts";
import { isAlive, ownerOf } from "../../../../runtime/owner.ts";
import { enterStore } from "../../../../runtime/store.ts";
import { type Moment, Script, scriptVariable } from "../../../../testing/script.ts";
import { act, makeProject, temporaryFolder, until } from "../../../support/context.ts";
import { makeShop, names, sql } from "../../../support/database.ts";
import { hostFolder } from "../../../support/hosts.ts";
import { endOf, startStep } from "../../../support/step.ts";

/** More than SQLite keeps in memory while it writes: half-way, some of it is in the files already. */
const filler = `CREATE TABLE filler (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
  INSERT INTO filler SELECT randomblob(2000) FROM n`;

/** Loaded into the step's process: SQLite's copy over a file stands still when most of it is done, its locks held. */
const standStill = `
import { writeFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
const sqlite = createRequire(import.meta.url)("node:sqlite");
const { backup } = sqlite;
sqlite.backup = (source, to, { progress, ...options }) =>
  backup(source, to, { ...options, rate: 100, progress: (done) => {
    progress?.(done);
    if (to !== process.env.STAND_STILL_AT || done.remainingPages > 200) return;
    writeFileSync(process.env.STANDS_STILL, String(process.pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  } });
syncBuiltinESMExports();
`;

interface Place {
  readonly mode: "WAL" | "DELETE";
  readonly onlyWithoutLoss?: boolean;
}

/** A shop with a proven backup, in the store of a project whose step restores it. */
async function makePlace({ mode, onlyWithoutLoss = false }: Place) {
  const [project, database, directory] = [makeProject(), makeShop(), hostFolder()];
  sql(database, `PRAGMA journal_mode = ${mode}; ${filler}`);
  const store = join(project, "store");
  enterStore(store, { id: undefined, leaving: "none" });
  const { result: backup } = await act(sqliteBackup, { database, serving: "v1" }, { store, rollout: "2-b" });
  await act(sqliteProve, {}, { store, needs: { BACKUP: backup } });
  const hosts = [{ name: "web-1", directory, address: "http://127.0.0.1:1" }];
  const page = { hosts, minutes: 5, message: "Back soon", bypass: "BYPASS" };
  const maintenance = { action: "actions/platforms/servers/begin-maintenance", args: page };
  const folder = inStore.backup(store, backup.id);
  const spec = {
    ...{ action: "actions/databases/sqlite/restore", survives: true },
    args: { database, backup: backup.id, onlyWithoutLoss, maintenance },
  };
  const preload = join(project, "stand-still.mjs");
  writeFileSync(preload, standStill);
  const [script, halted] = [temporaryFolder(), join(project, "halted")];
  const loaded = [new URL("../../../../testing/preload.mjs", import.meta.url), pathToFileURL(preload)];
  const environment = {
    NODE_OPTIONS: loaded.map(({ href }) => `--import ${href}`).join(" "),
    ...{ [scriptVariable]: script, STANDS_STILL: halted },
  };
  return {
    ...{ database, folder, halted, part: join(inStore.backups(store), "replaced-in-3-c.part/database.sqlite") },
    script: new Script(script),
    start: (at = "") =>
      startStep(project, spec, {
        ...{ rollout: "3-c", secrets: { BYPASS: "let me in" } },
        environment: { ...environment, STAND_STILL_AT: at },
      }),
    kept: () =>
      readdirSync(folder)
        .filter((name) => /^replaced-in-.*\.sqlite$/.test(name))
        .sort()
        .map((name) => names(join(folder, name))),
  };
}
type Made = Awaited<ReturnType<typeof makePlace>>;

/** When it is killed, in the order in which a restore gets there: at something that it does, or in the middle of a copy. */
const moments = {
  "before maintenance is on": { inside: 1 },
  "while what is to be replaced is copied": { copying: "part" },
  "when that is kept": { inside: 2 },
  "while the database is overwritten": { copying: "database" },
  "when the database is restored": { inside: 3 },
  "when it is noted that it is": "after",
} as const satisfies Record<string, Moment | { readonly copying: "part" | "database" }>;
type When = keyof typeof moments;

async function kill(place: Made, when: When): Promise<void> {
  const moment = moments[when];
  const copying = typeof moment === "object" && "copying" in moment ? moment.copying : undefined;
  if (copying === undefined)
    place.script.write([{ id: 1, name: "step", deed: { disturb: "step", when: moment as Moment }, times: 1 }]);
  const child = place.start(copying && place[copying]);
  const ended = endOf(child);
  const pid = (): number =>
    existsSync(place.halted) ? Number(readFileSync(place.halted, "utf8")) : (place.script.halts()[0]?.pid ?? 0);
  await until("it stands still", () => pid() > 1, 60);
  const owner = ownerOf(pid());
  if (copying !== undefined) expect(sizeOf(place[copying])).toBeGreaterThan(0);
  process.kill(owner.pid, "SIGKILL");
  child.kill("SIGKILL");
  await ended;
  await until("it is gone", () => isAlive(owner) === false);
}

/** Bytes of what is written, but not committed yet. */
const sizeOf = (file: string): number =>
  ["-wal", "-journal"].reduce((sum, end) => sum + (statSync(file + end, { throwIfNoEntry: false })?.size ?? 0), 0);

/** Runs the step again to its end. */
async function resume(place: Made): Promise<{ code: number | null; did: unknown; stderr: string }> {
  const { code, stdout, stderr } = await endOf(place.start());
  return { code, stderr, did: code === 0 ? (JSON.parse(stdout) as { did: unknown }).did : undefined };
}

const isWhole = (file: string): unknown => {
  const database = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => {
    database.close();
  });
  return database.prepare("PRAGMA integrity_check").get()?.integrity_check;
};

const cy = "INSERT INTO customers VALUES (3, 'Cy')";

/** An application waits its turn: the last thread of a killed process may still be writing, and has the lock till then. */
function writeDee(file: string): void {
  const application = new DatabaseSync(file, { timeout: 20_000 });
  application.exec("INSERT INTO customers VALUES (4, 'Dee')");
  application.close();
}

const [before, after] = [
  ["Ann", "Bo"],
  ["Ann", "Bo", "Cy"],
];

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("killed (needs /proc)", () => {
  type Row = [moment: When, mode: Place["mode"], left: string[], kept: string[][], counted: number, now: string[]];
  test.each<Row>([
    ["before maintenance is on", "WAL", after, [[...after, "Dee"]], 2, before],
    ["while what is to be replaced is copied", "WAL", after, [[...after, "Dee"]], 2, before],
    ["when that is kept", "WAL", after, [[...after, "Dee"], after], 2, before],
    ["while the database is overwritten", "WAL", after, [[...after, "Dee"], after], 2, before],
    ["while the database is overwritten", "DELETE", after, [[...after, "Dee"], after], 2, before],
    ["when the database is restored", "WAL", before, [[...before, "Dee"], after], 2, before],
    ["when the database is restored", "DELETE", before, [[...before, "Dee"], after], 2, before],
    ["when it is noted that it is", "WAL", before, [after], 1, [...before, "Dee"]],
  ])(
    "%s (journal: %s), with an order before it goes on: no order is lost that is not counted and kept",
    async (moment, mode, left, kept, counted, now) => {
      const place = await makePlace({ mode });
      sql(place.database, cy);
      await kill(place, moment);
      writeDee(place.database);
      expect([names(place.database), isWhole(place.database)]).toEqual([[...left, "Dee"], "ok"]);
      const { code, did } = await resume(place);
      const rows = counted === 1 ? "1 row" : `${counted} rows`;
      expect([code, did]).toEqual([0, `restored backup 2-b-v1, lost ${rows} of customers`]);
      expect([names(place.database), place.kept(), isWhole(place.database)]).toEqual([now, kept, "ok"]);
      expect(existsSync(place.part)).toBe(false);
    },
  );

  test.each(["WAL", "DELETE"] as const)(
    "while the database is overwritten, and nobody writes: it is as it was for who only reads, and kept once (journal: %s)",
    async (mode) => {
      const place = await makePlace({ mode });
      sql(place.database, cy);
      await kill(place, "while the database is overwritten");
      const backup = join(place.folder, "database.sqlite");
      expect(await lossesOfRestoring([place.database], backup)).toBe("1 row of customers");
      const { did } = await resume(place);
      expect([did, place.kept(), names(place.database)]).toEqual([
        "restored backup 2-b-v1, lost 1 row of customers",
        [after],
        before,
      ]);
    },
  );

  test("when the database is restored, and nobody writes: it is found to be, and what was lost is told again", async () => {
    const place = await makePlace({ mode: "WAL" });
    sql(place.database, cy);
    await kill(place, "when the database is restored");
    const { mtimeMs } = statSync(place.database);
    expect((await resume(place)).did).toBe("restored backup 2-b-v1, lost 1 row of customers");
    expect([place.kept(), names(place.database)]).toEqual([[after], before]);
    expect(statSync(place.database).mtimeMs).toBe(mtimeMs);
  });

  test.each<[moment: When, code: number]>([
    ["when that is kept", 1],
    ["while the database is overwritten", 1],
    ["when the database is restored", 1],
    ["when it is noted that it is", 0],
  ])("%s, where nobody agreed to a loss: an order before it goes on stays", async (moment, code) => {
    const place = await makePlace({ mode: "WAL", onlyWithoutLoss: true });
    // As a migration does: nothing is lost by going back.
    sql(place.database, "ALTER TABLE orders ADD COLUMN extra TEXT");
    await kill(place, moment);
    writeDee(place.database);
    const resumed = await resume(place);
    expect(resumed.code).toBe(code);
    if (code > 0) expect(resumed.stderr).toContain("would lose 1 row of customers: a person has to decide");
    expect(names(place.database)).toEqual([...before, "Dee"]);
  });
});
