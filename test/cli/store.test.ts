// An empty folder in the place of a store is no answer, whatever is asked of it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { LedgerEnd } from "../../actions/action.ts";
import { passFence } from "../../actions/fence.ts";
import { stampsOf } from "../../cli/store.ts";
import { end, hold } from "../../runtime/lease.ts";
import { endOf } from "../../runtime/ledger.ts";
import { ownerOf } from "../../runtime/owner.ts";
import { appendAll, good, stopped } from "../report/entries.ts";
import { makeContext } from "../support/context.ts";
import { FakeProject } from "./commands/fake-project.ts";

let project: FakeProject | undefined;
afterEach(() => project?.remove());

const why =
  "the store store is empty, but this environment has been released to before: is it mounted? Nothing was changed. " +
  "To go on without its backups, artifacts and ledger, on purpose: switchback:leaveStore: 5709e1d0 in the stack's file";

test.each(["history", "report", "rollback", "unlock", "stop"])("%s refuses", async (command) => {
  project = new FakeProject({ store: "5709e1d0" }, []);
  expect(await project.run(command)).toEqual({ exitCode: 1, stdout: "", stderr: `switchback: ${why}` });
});

test("status says unknown, and verify who has seen another store", async () => {
  project = new FakeProject({ store: "5709e1d0" }, []);
  const status = await project.run("status");
  expect([status.exitCode, status.stdout.split("\n").at(-1)]).toEqual([1, `  being changed  unknown: ${why}`]);
  passFence(join(project.folder, "a/fence"), "a", makeContext({ store: "store" }).context);
  const verify = await project.run("verify");
  expect([verify.exitCode, verify.stdout]).toEqual([
    1,
    `? evidence in store: unknown\n    ${why}\n    a was released to from the store 5709e1d0, this one is empty: is it mounted?`,
  ]);
});

test("verify does not take another store's evidence for this one's, however good it is", async () => {
  project = new FakeProject({ store: "5709e1d0" }, []);
  mkdirSync(join(project.folder, "store"));
  const mark = join(project.folder, "store/store.json");
  writeFileSync(mark, JSON.stringify({ id: "0ther000", made: "2026-01-01T00:00:00Z" }));
  const verify = await project.run("verify", "--json");
  expect([verify.exitCode, JSON.parse(verify.stdout)]).toEqual([
    1,
    [
      {
        what: "evidence in store",
        wrong: [
          "the store store is another one (0ther000) than this environment's (5709e1d0): is the right one mounted? Nothing was changed. " +
            "To go on without its backups, artifacts and ledger, on purpose: switchback:leaveStore: 5709e1d0 in the stack's file",
        ],
        unknown: true,
      },
    ],
  ]);
  writeFileSync(mark, JSON.stringify({ id: "5709e1d0", made: "2026-01-01T00:00:00Z" }));
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: "✓ ledger: 0 entries, each follows the one before",
  });
});

test("where the state is out of reach verify looks at the store that is there, and at none that is not", async () => {
  project = new FakeProject({ store: "5709e1d0" }, []);
  writeFileSync(join(project.folder, "bin/pulumi"), '#!/bin/sh\necho "error: no way to the backend" >&2; exit 1\n');
  const note =
    "whether this is the store of the last rollout is not known, the state cannot be read: no way to the backend";
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 1, stderr: note },
    stdout: "? evidence in store: unknown\n    there is no store.json: it is not mounted, or nothing was released yet",
  });
  mkdirSync(join(project.folder, "store"));
  writeFileSync(join(project.folder, "store/store.json"), '{"id":"5709e1d0","made":"2026-01-01T00:00:00Z"}');
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 0, stderr: note },
    stdout: "✓ ledger: 0 entries, each follows the one before",
  });
});

test.each(["history", "rollback", "status"])("%s is told by who has seen more of the ledger", async (command) => {
  const left = new FakeProject({ store: "5709e1d0" }, good("1-a", "v1"));
  project = left;
  const store = join(left.folder, "store");
  writeFileSync(join(store, "store.json"), '{"id":"5709e1d0","made":""}');
  const { context } = makeContext({ store });
  const { entry, digest } = endOf(join(store, "ledger.jsonl"));
  const seeing = (ledger: LedgerEnd): void => {
    rmSync(join(left.folder, "a.sqlite.fence"), { recursive: true, force: true });
    passFence(join(left.folder, "a.sqlite.fence"), "a", { ...context, fencing: { ...context.fencing, ledger } });
  };
  seeing({ entry, digest });
  expect((await left.run(command)).stdout).not.toContain("witnessed");
  seeing({ entry: entry + 3, digest: "d".repeat(64) });
  const { exitCode, stdout, stderr } = await left.run(command);
  const seen = `store/ledger.jsonl: ends at entry ${entry}, a.sqlite has witnessed entry ${entry + 3}: it was cut off, or is an earlier copy of the store. Nothing more is changed.`;
  expect([exitCode, stdout + stderr]).toEqual([1, expect.stringContaining(seen)]);
  writeFileSync(join(left.folder, "Pulumi.staging.yaml"), `${left.stackFile}  switchback:leaveStore: 5709e1d0\n`);
  expect((await left.run(command)).stdout).not.toContain("witnessed");
});

test("verify shows what is wrong with a ledger that was cut off, or went on in two copies, by everybody who has seen more", async () => {
  project = new FakeProject({ store: "5709e1d0" }, good("1-a", "v1"));
  const store = join(project.folder, "store");
  const ledger = join(store, "ledger.jsonl");
  writeFileSync(join(store, "store.json"), '{"id":"5709e1d0","made":""}');
  hold(store, {
    ...{ rollout: "1-a", release: "v1", step: "gate", engine: ownerOf(process.ppid), opens: true, id: "5709e1d0" },
  });
  end(store, "1-a");
  const { context } = makeContext({ store });
  const seen = { ...context, fencing: { ...context.fencing, ledger: endOf(ledger) } };
  passFence(join(project.folder, "a.sqlite.fence"), "a", seen);
  const whole = readFileSync(ledger, "utf8").split("\n");
  writeFileSync(ledger, whole.slice(0, 5).join("\n") + "\n");
  const cut = (who: string): string =>
    `store/ledger.jsonl: ends at entry 5, ${who} has witnessed entry 9: it was cut off, or is an earlier copy of the store`;
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 1, stderr: "" },
    stdout: `✗ ledger store/ledger.jsonl\n    ${cut("the lease")}\n    ${cut("a.sqlite")}`,
  });
  appendAll(ledger, good("2-b", "v2"));
  const fork = (who: string): string =>
    `store/ledger.jsonl: a fork: its entry 9 is not the one that ${who} has witnessed. Another copy of the store went on`;
  const forked = await project.run("verify", "--json");
  expect([forked.exitCode, JSON.parse(forked.stdout)]).toEqual([
    1,
    [{ what: "ledger store/ledger.jsonl", wrong: [fork("the lease"), fork("a.sqlite")] }],
  ]);
});

test.each([
  ["record", "record is no object", { resources: [{ type: "pulumi:pulumi:Stack", outputs: { record: "v1" } }] }],
  ["deployment", "deployment.resources is no list", { resources: "none" }],
])("verify looks at the store where the state's %s is damaged, and says so", async (_, damage, deployment) => {
  project = new FakeProject({ store: "5709e1d0" }, stopped("1-a", "v1"));
  writeFileSync(join(project.folder, "store/store.json"), '{"id":"5709e1d0","made":""}');
  writeFileSync(join(project.folder, "state.json"), JSON.stringify({ version: 3, deployment }));
  const verify = await project.run("verify");
  expect([verify.exitCode, verify.stdout]).toEqual([0, "✓ ledger: 2 entries, each follows the one before"]);
  expect(verify.stderr).toMatch(
    /^whether this is the store of the last rollout is not known, the state cannot be read: the stack's state/,
  );
  expect(verify.stderr).toContain(`damaged: ${damage}. Put `);
});

test("verify checks a store from before stores had a name, whose ledger is there, and says unknown where it is not", async () => {
  project = new FakeProject({}, stopped("1-a", "v1"));
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: "✓ ledger: 2 entries, each follows the one before",
  });
  rmSync(join(project.folder, "store/ledger.jsonl"));
  expect(await project.run("verify")).toEqual({
    ...{ exitCode: 1, stderr: "" },
    stdout: "? evidence in store: unknown\n    there is no store.json: it is not mounted, or nothing was released yet",
  });
});

test("hosts and database are asked by their names; who was never released to says nothing", () => {
  project = new FakeProject({}, []);
  const at = (name: string): string => join(project?.folder ?? "", name);
  const settings = {
    hosts: ["a", "b"].map((name) => ({ name, directory: at(name), address: "http://127.0.0.1:1" })),
    database: at("a.sqlite"),
  };
  passFence(at("b/fence"), "b", makeContext({ store: "store", fencing: 4 }).context);
  passFence(at("a.sqlite.fence"), "database", makeContext({ store: "store", fencing: 5 }).context);
  expect([...stampsOf(settings)].map(([name, { number }]) => [name, number])).toEqual([
    ["b", 4],
    [at("a.sqlite"), 5],
  ]);
});
