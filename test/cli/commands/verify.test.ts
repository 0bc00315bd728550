// Evidence that is missing or was changed is found, offline.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pack } from "../../../actions/artifact/archive.ts";
import { digestOf } from "../../../actions/databases/sqlite/backup.ts";
import { passFence, readStamp } from "../../../actions/fence.ts";
import { lookThrough } from "../../../cli/commands/verify.ts";
import { inStore } from "../../../release/store.ts";
import { hold } from "../../../runtime/lease.ts";
import { ownerOf } from "../../../runtime/owner.ts";
import { appendAll, rollout } from "../../report/entries.ts";
import { makeContext } from "../../support/context.ts";

let store: string;
let artifact: string;
const backup = (): string => join(inStore.backup(store, "1-a-none"), "database.sqlite");

beforeEach(async () => {
  store = mkdtempSync(join(tmpdir(), "switchback-verify-"));
  writeFileSync(inStore.mark(store), '{"id":"5709e1d0","made":"2026-01-01T00:00:00Z"}');
  mkdirSync(join(store, "files"));
  writeFileSync(join(store, "files", "a.txt"), "a");
  artifact = await pack(store, join(store, "files"));
  mkdirSync(inStore.backup(store, "1-a-none"), { recursive: true });
  writeFileSync(backup(), "rows");
  const entries = rollout("1-a", "v1", [
    ["parcel-build", { receipt: { digest: artifact, commit: "c" } }],
    ["parcel-backup-take", { receipt: { id: "1-a-none", digest: await digestOf(backup()), schema: "0001" } }],
  ]);
  appendAll(inStore.ledger(store), entries);
});

afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const wrongs = async (): Promise<string[]> => (await lookThrough(store)).flatMap(({ wrong }) => wrong);

test("everything is as it was written", async () => {
  expect(await lookThrough(store)).toEqual([
    { what: "ledger: 2 entries, each follows the one before", wrong: [] },
    { what: `artifact ${artifact.slice(0, 12)} of v1`, wrong: [] },
    { what: "backup 1-a-none, never proven", wrong: [] },
  ]);
});

test("an artifact with other contents than its digest", async () => {
  writeFileSync(join(store, "files", "a.txt"), "b");
  const other = await pack(store, join(store, "files"));
  writeFileSync(inStore.artifact(store, artifact), readFileSync(inStore.artifact(store, other)));
  expect(await wrongs()).toEqual([
    `${inStore.artifact(store, artifact)}: its contents have the digest ${other}, not the one it was stored under. Remove it, and build it again: switchback up --again`,
  ]);
});

test("an artifact that is no archive", async () => {
  writeFileSync(inStore.artifact(store, artifact), "nothing of the kind");
  expect(await wrongs()).toEqual([
    expect.stringContaining(`${inStore.artifact(store, artifact)}: cannot be unpacked: `),
  ]);
});

test("a backup that was changed", async () => {
  writeFileSync(backup(), "other rows");
  expect(await wrongs()).toEqual([
    expect.stringMatching(/^was changed: its digest is [0-9a-f]{64}, the ledger says [0-9a-f]{64}$/),
  ]);
});

test("what is not there", async () => {
  rmSync(backup());
  rmSync(inStore.artifact(store, artifact));
  expect(await wrongs()).toEqual(["is not in the store", "is not in the store"]);
});

test("a store that is gone", async () => {
  rmSync(store, { recursive: true });
  expect(await lookThrough(store)).toEqual([
    {
      what: `evidence in ${store}`,
      wrong: ["there is no store.json: it is not mounted, or nothing was released yet"],
      unknown: true,
    },
  ]);
});

test("a store from before stores had a name is checked", async () => {
  rmSync(inStore.mark(store));
  expect(await lookThrough(store)).toHaveLength(3);
  expect(await wrongs()).toEqual([]);
  writeFileSync(backup(), "other rows");
  expect(await wrongs()).toEqual([expect.stringMatching(/^was changed: /)]);
});

test("a store that has lost its name is told by what was seen under it", async () => {
  const engine = ownerOf(process.ppid);
  const asked = { rollout: "1-a", release: "v1", step: "gate", engine, opens: true };
  hold(store, { ...asked, id: "5709e1d0" });
  rmSync(inStore.mark(store));
  const host = join(store, "host.fence");
  passFence(host, "web-1", makeContext({ store }).context);
  const stamp = readStamp(host);
  const findings = await lookThrough(store, new Map(stamp ? [["web-1", stamp]] : []));
  expect(findings).toEqual([
    {
      what: `ledger ${inStore.ledger(store)}`,
      wrong: [
        "the lease is of the store 5709e1d0, this one has no store.json: it was removed",
        "web-1 was released to from the store 5709e1d0, this one has no store.json: is it the right one?",
      ],
    },
  ]);
});

test("a ledger that was changed proves nothing", async () => {
  const ledger = inStore.ledger(store);
  writeFileSync(ledger, readFileSync(ledger, "utf8").replace('"seconds":1.5', '"seconds":0'));
  expect(await lookThrough(store)).toEqual([
    { what: `ledger ${ledger}`, wrong: [`${ledger}:1: was changed after it was written`] },
  ]);
});
