/** The lease of an environment: one rollout at a time, and never for ever. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { checkFree, free, hold, type Lease, readLease } from "../../runtime/lease.ts";
import { nameOf, type Owner, thisProcess } from "../../runtime/owner.ts";
import { inStore } from "../../release/store.ts";
import { root, temporaryFolder } from "../support/context.ts";

/** A process that has taken the lease, opened a rollout and ended: as between two steps, or after a crash. */
function holdInAnotherProcess(store: string, rollout: string): void {
  const code = `import { hold } from ${JSON.stringify(`${root}runtime/lease.ts`)};
hold(${JSON.stringify(store)}, ${JSON.stringify(rollout)}, "v2", true);`;
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });
  expect(status).toBe(0);
}

function writeLease(store: string, differing: Partial<Lease>): Lease {
  const lease: Lease = {
    ...{ fencing: 4, rollout: "4-other", release: "v2", owner: thisProcess() },
    expires: new Date(Date.now() + 600_000).toISOString(),
    ...differing,
  };
  writeFileSync(inStore.lease(store), JSON.stringify(lease));
  return lease;
}

function writeRunningStep(store: string, rollout: string, owner: Owner): void {
  const path = inStore.step(store, "parcel-build");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ key: "k", rollout, owner, began: "", state: "running" }));
}

const refusalOf = (lease: Lease): Refusal =>
  new Refusal(
    `the environment is being changed: rollout ${lease.rollout} (v2) by ${nameOf(lease.owner)} holds its lease until ${lease.expires}. Wait for it to end, then try again.`,
  );
const elsewhere = { ...thisProcess(), machine: "elsewhere" };

test("the first rollout takes the lease for longer than any step may run", () => {
  const store = `${temporaryFolder()}/store`;
  expect(readLease(store)).toBeUndefined();
  hold(store, "1-abc", "v1", true);
  const lease = readLease(store);
  expect({ ...lease, expires: "" }).toEqual({
    fencing: 1,
    rollout: "1-abc",
    release: "v1",
    owner: thisProcess(),
    expires: "",
  });
  expect((Date.parse(lease?.expires ?? "") - Date.now()) / 1000).toBeGreaterThan(1800);
});

test("its later steps keep it, and it lasts again as long; the number stays", () => {
  const store = temporaryFolder();
  writeLease(store, { rollout: "4-mine", owner: elsewhere });
  hold(store, "4-mine", "v2", false);
  const lease = readLease(store);
  expect([lease?.fencing, lease?.owner]).toEqual([4, thisProcess()]);
  expect((Date.parse(lease?.expires ?? "") - Date.now()) / 1000).toBeGreaterThan(1800);
});

test("what was given back is free, and the number grows with every new holder", () => {
  const store = temporaryFolder();
  for (const rollout of ["1-a", "2-b", "3-c"]) {
    hold(store, rollout, "v1", true);
    free(store, rollout);
  }
  expect([readLease(store)?.rollout, readLease(store)?.fencing]).toEqual(["", 3]);
  checkFree(store);
});

test("only its holder gives it back", () => {
  const store = temporaryFolder();
  const lease = writeLease(store, {});
  free(store, "1-abc");
  expect(readLease(store)).toEqual(lease);
});

test("another rollout is refused while the lease is held, and changes nothing", () => {
  const store = temporaryFolder();
  const lease = writeLease(store, {});
  expect(() => {
    hold(store, "5-mine", "v3", true);
  }).toThrow(refusalOf(lease));
  expect(() => {
    hold(store, "5-mine", "v3", false);
  }).toThrow(refusalOf(lease));
  expect(() => {
    checkFree(store);
  }).toThrow(refusalOf(lease));
  expect(readLease(store)).toEqual(lease);
});

test("a lease that has run out is nobody's", () => {
  const store = temporaryFolder();
  writeLease(store, { owner: elsewhere, expires: new Date(Date.now() - 1).toISOString() });
  hold(store, "5-mine", "v3", false);
  expect([readLease(store)?.rollout, readLease(store)?.fencing]).toEqual(["5-mine", 5]);
});

test("a rollout that opens takes over what a dead one left; one that goes on does not", () => {
  const store = temporaryFolder();
  holdInAnotherProcess(store, "4-other");
  const left = readLease(store);
  if (!left) throw new Error("there is no lease");
  expect(() => {
    hold(store, "5-mine", "v3", false);
  }).toThrow(refusalOf(left));
  checkFree(store);
  hold(store, "5-mine", "v3", true);
  expect([readLease(store)?.rollout, readLease(store)?.fencing]).toEqual(["5-mine", 2]);
});

test("a rollout of which a step is still at work is not dead", () => {
  const store = temporaryFolder();
  holdInAnotherProcess(store, "4-other");
  const left = readLease(store);
  if (!left) throw new Error("there is no lease");
  writeRunningStep(store, "4-other", thisProcess());
  expect(() => {
    hold(store, "5-mine", "v3", true);
  }).toThrow(refusalOf(left));
  writeRunningStep(store, "3-older", thisProcess());
  hold(store, "5-mine", "v3", true);
  expect(readLease(store)?.rollout).toBe("5-mine");
});

test("a holder on another machine is waited for until its time is over", () => {
  const store = temporaryFolder();
  const lease = writeLease(store, { owner: elsewhere });
  expect(() => {
    hold(store, "5-mine", "v3", true);
  }).toThrow(refusalOf(lease));
});
