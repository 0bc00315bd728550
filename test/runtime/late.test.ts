/** Who sleeps in the middle of writing to the store while others take over: it changes nothing of theirs (needs /proc). */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { leaseSilenceSeconds } from "../../runtime/heartbeat.ts";
import { end, free, freeIfEnded, hold, type Lease, readLease, renew } from "../../runtime/lease.ts";
import { append, type Happening, readLedger, verify } from "../../runtime/ledger.ts";
import { isStopped, ownerOf, thisProcess } from "../../runtime/owner.ts";
import { root, temporaryFolder, until } from "../support/context.ts";

const engine = ownerOf(process.ppid);
const opening = (store: string, rollout: string): Lease =>
  hold(store, { rollout, step: "build", engine, release: "v1", opens: true });

/** Makes the lease look as after minutes without a word from who holds it, on another machine. */
function fallSilent(store: string): void {
  const expires = new Date(Date.now() - leaseSilenceSeconds * 1000).toISOString();
  const owner = { ...thisProcess(), machine: "elsewhere" };
  const lease = JSON.parse(readFileSync(inStore.lease(store), "utf8")) as Lease;
  writeFileSync(inStore.lease(store), JSON.stringify({ ...lease, owner, expires }));
}

/** Runs code that is stopped where it has opened a file of that name for the first time; waits until it is. */
async function stoppedAt(file: string, code: string): Promise<ChildProcess> {
  const text = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let slept = false;
const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest);
  if (!slept && String(path).endsWith(${JSON.stringify(file)})) { slept = true; process.kill(process.pid, "SIGSTOP"); }
  return file;
};
syncBuiltinESMExports();
const { renew } = await import(${JSON.stringify(`${root}runtime/lease.ts`)});
const { append } = await import(${JSON.stringify(`${root}runtime/ledger.ts`)});
${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "inherit" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await until("it is stopped", () => isStopped(ownerOf(child.pid ?? 0)));
  return child;
}

async function wake(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit");
  child.kill("SIGCONT");
  return (await ended)[0];
}

const happening = (rollout: string, fencing: number): Happening => ({
  ...{ kind: "step", rollout, release: "v1", step: "build", action: "./action", fencing },
  ...{ began: "2026-01-01T00:00:00.000Z", seconds: 1.5, by: "me@here (pid 1)" },
});

describe.skipIf(!existsSync("/proc/self/stat"))("asleep within", () => {
  test("a heartbeat: the lease stays with who has it, and its next step is not refused", async () => {
    const store = temporaryFolder();
    const { fencing } = opening(store, "1-a");
    // It has looked, and is about to write: the ledger's end is the last thing it reads.
    append(inStore.ledger(store), happening("1-a", fencing));
    const child = await stoppedAt("ledger.jsonl", `renew(${JSON.stringify(store)}, "1-a");`);
    expect(readdirSync(store)).toContain("lease.json.lock");
    fallSilent(store);
    const lease = opening(store, "2-b");
    expect(lease).toMatchObject({ rollout: "2-b" });
    expect(await wake(child)).toBe(0);
    expect(readLease(store)).toEqual(lease);
    expect(hold(store, { rollout: "2-b", step: "switch", engine, release: "v1", opens: false }).fencing).toBe(
      lease.fencing,
    );
    expect(readdirSync(store).sort()).toEqual(["ledger.jsonl", "lease.json"].sort());
  }, 30_000);

  test("an entry: it is not written, because another rollout's stands there, and the chain holds", async () => {
    const store = temporaryFolder();
    append(inStore.ledger(store), happening("1-a", 1));
    const code = `
try { append(${JSON.stringify(inStore.ledger(store))}, ${JSON.stringify(happening("1-a", 1))}); }
catch (error) { process.exitCode = /acted here since, with fencing number 2 over 1/.test(error.message) ? 7 : 8; }`;
    const child = await stoppedAt("ledger.jsonl", code);
    append(inStore.ledger(store), happening("2-b", 2));
    expect(await wake(child)).toBe(7);
    expect(readLedger(inStore.ledger(store)).map(({ rollout }) => rollout)).toEqual(["1-a", "2-b"]);
    expect([verify(inStore.ledger(store)), readdirSync(store)]).toEqual([[], ["ledger.jsonl"]]);
  }, 30_000);

  test("an entry of the same rollout: it is written behind the other's, not beside it", async () => {
    const path = join(temporaryFolder(), "ledger.jsonl");
    append(path, happening("1-a", 1));
    const child = await stoppedAt(
      "ledger.jsonl",
      `append(${JSON.stringify(path)}, ${JSON.stringify(happening("1-a", 1))});`,
    );
    append(path, happening("1-a", 1));
    expect(await wake(child)).toBe(0);
    expect([readLedger(path).map(({ number }) => number), verify(path)]).toEqual([[1, 2, 3], []]);
  }, 30_000);
});

test("who has an old number of the same rollout neither speaks for it nor gives the lease back", () => {
  const store = temporaryFolder();
  const { fencing } = opening(store, "1-a");
  end(store, "1-a");
  const lease = hold(store, { rollout: "1-a", step: "build", engine, release: "v1", opens: false });
  expect(lease).toMatchObject({ fencing: fencing + 1, ended: "1-a" });
  for (const act of [renew, free, end, freeIfEnded]) act(store, "1-a", fencing);
  expect(readLease(store)).toEqual(lease);
  free(store, "1-a", fencing + 1);
  expect(readLease(store)?.rollout).toBe("");
});
