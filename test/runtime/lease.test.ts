/** The lease of an environment: one rollout at a time, and never for ever. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { leaseSilenceSeconds } from "../../runtime/heartbeat.ts";
import {
  end,
  free,
  freeAbandoned,
  freeIfEnded,
  hold,
  holding,
  type Lease,
  readLease,
  renew,
  wantFree,
} from "../../runtime/lease.ts";
import { append } from "../../runtime/ledger.ts";
import { isStopped, nameOf, type Owner, ownerOf, thisProcess } from "../../runtime/owner.ts";
import { inStore } from "../../release/store.ts";
import { temporaryFolder, until } from "../support/context.ts";

const dead: Owner = { ...thisProcess(), pid: spawnSync(process.execPath, ["--version"]).pid };
const elsewhere: Owner = { ...thisProcess(), machine: "elsewhere" };
const silent = (): void => undefined;
/** The engine of who asks, in these tests. */
const engine: Owner = ownerOf(process.ppid);
const wanted = { step: "build", engine, release: "v1" };
const opening = (store: string, rollout: string): Lease => hold(store, { ...wanted, rollout, opens: true });
const goingOn = (store: string, rollout: string): Lease => hold(store, { ...wanted, rollout, opens: false });

function writeLease(store: string, differing: Partial<Lease> = {}, silentSeconds = 0): Lease {
  const heard = Date.now() - silentSeconds * 1000;
  const lease: Lease = {
    ...{ fencing: 4, rollout: "4-other", release: "v2", step: "activation", owner: thisProcess(), engine: dead },
    ...{ opened: "4-other", since: "2026-01-01T00:00:00.000Z", ledger: { entry: 0, digest: "" } },
    heartbeat: new Date(heard).toISOString(),
    expires: new Date(heard + leaseSilenceSeconds * 1000).toISOString(),
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
    `the environment is being changed: rollout ${lease.rollout} (v2) by ${nameOf(lease.owner)} holds its lease, at activation, ` +
      `heard of at ${lease.heartbeat}. Wait for it to end, then try again. Is it dead? To see: switchback unlock`,
  );
const secondsLeft = (lease: Lease | undefined): number => (Date.parse(lease?.expires ?? "") - Date.now()) / 1000;

test("the first rollout takes the lease, for as long as it is heard of", () => {
  const store = `${temporaryFolder()}/store`;
  expect(readLease(store)).toBeUndefined();
  const lease = opening(store, "1-abc");
  expect(readLease(store)).toEqual(lease);
  expect({ ...lease, fencing: 0, since: "", heartbeat: "", expires: "" }).toEqual({
    ...{ fencing: 0, rollout: "1-abc", release: "v1", step: "build", owner: thisProcess(), engine, opened: "1-abc" },
    ...{ since: "", heartbeat: "", expires: "", ledger: { entry: 0, digest: "" } },
  });
  expect(Math.abs(secondsLeft(lease) - leaseSilenceSeconds)).toBeLessThan(10);
});

test("its later steps keep it, and every heartbeat makes it last again; number and beginning stay", () => {
  const store = temporaryFolder();
  const { since } = writeLease(store, { rollout: "4-mine", opened: "4-mine", owner: elsewhere }, 60);
  append(inStore.ledger(store), {
    ...{ kind: "step", rollout: "4-mine", release: "v1", step: "s", action: "a", fencing: 4, began: "" },
    ...{ seconds: 1, by: "me" },
  });
  expect(goingOn(store, "4-mine")).toMatchObject({ fencing: 4, owner: thisProcess(), since, ledger: { entry: 1 } });
  writeLease(store, { rollout: "4-mine" }, 60);
  renew(store, "4-mine");
  expect(secondsLeft(readLease(store))).toBeGreaterThan(leaseSilenceSeconds - 10);
});

test("who has lost it, or has none, says nothing", () => {
  const store = temporaryFolder();
  renew(store, "1-abc");
  const lease = writeLease(store);
  for (const rollout of ["1-abc", ""]) {
    renew(store, rollout);
    free(store, rollout);
  }
  expect(readLease(store)).toEqual(lease);
});

test("what was given back is free, and the number grows with every new holder, whatever the clock says", async () => {
  const store = temporaryFolder();
  const numbers = ["1-a", "2-b", "3-c"].map((rollout) => {
    const { fencing } = opening(store, rollout);
    free(store, rollout);
    return fencing;
  });
  const [first = 0] = numbers;
  expect(numbers).toEqual([first, first + 1, first + 2]);
  expect(holding(store, readLease(store))).toBe("free");
  await wantFree(store, engine, silent);
  writeLease(store, { rollout: "", fencing: first * 2 });
  expect(opening(store, "4-d").fencing).toBe(first * 2 + 1);
});

test("a step taken over from a machine that fell silent acts with a number of its own", () => {
  const store = temporaryFolder();
  const { fencing } = opening(store, "1-a");
  expect(hold(store, { ...wanted, rollout: "1-a", opens: false, anew: true }).fencing).toBe(fencing + 1);
});

test("another rollout is refused while the lease is held, here or elsewhere, and changes nothing", async () => {
  const store = temporaryFolder();
  for (const owner of [thisProcess(), elsewhere]) {
    const lease = writeLease(store, { owner }, leaseSilenceSeconds - 10);
    expect(() => opening(store, "5-mine")).toThrow(refusalOf(lease));
    expect(() => goingOn(store, "5-mine")).toThrow(refusalOf(lease));
    await expect(wantFree(store, engine, silent, 0)).rejects.toThrow(refusalOf(lease));
    expect(readLease(store)).toEqual(lease);
  }
});

test("a holder on another machine that was silent for long enough has lost it", () => {
  const store = temporaryFolder();
  writeLease(store, { owner: elsewhere }, leaseSilenceSeconds + 1);
  expect(opening(store, "5-mine")).toMatchObject({ rollout: "5-mine", opened: "5-mine" });
});

test("so has one in a container under this machine's name; not before, though nobody sees its process here", () => {
  const store = temporaryFolder();
  const owner: Owner = { ...dead, within: "0123456789abcdef" };
  const lease = writeLease(store, { owner });
  expect(holding(store, lease)).toBe("elsewhere");
  expect(freeAbandoned(store)).toBeUndefined();
  expect(() => opening(store, "5-mine")).toThrow(refusalOf(lease));
  writeLease(store, { owner }, leaseSilenceSeconds + 1);
  expect(opening(store, "5-mine").rollout).toBe("5-mine");
});

test("a clock that jumped, here or there, makes a lease neither last for ever nor count as heard of", () => {
  const store = temporaryFolder();
  const hour = 3600;
  for (const silentSeconds of [-hour, -20_000 * hour, 20_000 * hour]) {
    writeLease(store, { owner: elsewhere }, silentSeconds);
    expect(holding(store, readLease(store))).toBe("abandoned");
  }
  const { fencing } = writeLease(store, { owner: elsewhere, fencing: 4e9 }, -hour);
  expect(opening(store, "5-mine")).toMatchObject({ rollout: "5-mine", fencing: fencing + 1 });
  expect(secondsLeft(readLease(store))).toBeLessThan(leaseSilenceSeconds + 10);
  // Some seconds are no jump.
  expect(holding(store, writeLease(store, { owner: elsewhere }, -30))).toBe("elsewhere");
});

test("a holder whose clock jumped on this machine holds it as long as it lives", () => {
  const store = temporaryFolder();
  for (const silentSeconds of [-3600, 3600]) {
    writeLease(store, {}, silentSeconds);
    expect(() => opening(store, "5-mine")).toThrow("the environment is being changed");
  }
});

test("a rollout that opens takes over at once what a dead one left here; one that goes on does not", async () => {
  const store = temporaryFolder();
  const left = writeLease(store, { owner: dead });
  expect(holding(store, left)).toBe("abandoned");
  expect(() => goingOn(store, "5-mine")).toThrow(refusalOf(left));
  await wantFree(store, engine, silent);
  expect(opening(store, "5-mine").rollout).toBe("5-mine");
});

test("a step that a dead engine has left at work is waited for, and not for long", async () => {
  const store = temporaryFolder();
  const step = spawn(process.execPath, ["-e", "setTimeout(() => {}, 500)"]);
  const lease = writeLease(store, { owner: ownerOf(step.pid ?? 0) });
  const told: string[] = [];
  await wantFree(store, engine, (line) => void told.push(line));
  expect([step.exitCode, told]).toEqual([
    0,
    ["activation of rollout 4-other is at work still, though its engine is dead: waiting for it"],
  ]);
  writeLease(store, { owner: thisProcess() });
  await expect(wantFree(store, engine, silent, 0.2)).rejects.toThrow(/^the environment is being changed/);
  // Of an engine that lives nobody knows how long it will be at it.
  writeLease(store, { ...lease, owner: thisProcess(), engine: thisProcess() });
  await expect(wantFree(store, engine, silent)).rejects.toThrow(/^the environment is being changed/);
});

test("a rollout that wakes up after another was opened goes on with nothing", () => {
  const store = temporaryFolder();
  opening(store, "4-mine");
  writeLease(store, { owner: dead, rollout: "4-mine", opened: "4-mine" });
  opening(store, "5-other");
  free(store, "5-other");
  expect(() => goingOn(store, "4-mine")).toThrow(
    new Refusal(
      "rollout 4-mine was overtaken: rollout 5-other was opened after it. Nothing was changed. What serves now: switchback status",
    ),
  );
  expect(goingOn(store, "5-other").rollout).toBe("5-other");
});

test("between two steps the engine vouches for its rollout, however long it takes; not for one before its own", () => {
  const store = temporaryFolder();
  const lease = writeLease(store, { owner: dead, engine: thisProcess() }, 3600);
  expect([holding(store, lease), holding(store, lease, thisProcess())]).toEqual(["held", "abandoned"]);
});

test("a rollout of which a step is still at work is not dead", () => {
  const store = temporaryFolder();
  const left = writeLease(store, { owner: dead });
  writeRunningStep(store, "4-other", thisProcess());
  expect(() => opening(store, "5-mine")).toThrow(refusalOf(left));
  writeRunningStep(store, "3-older", thisProcess());
  expect(opening(store, "5-mine").rollout).toBe("5-mine");
});

test("a process that was stopped keeps it no longer than one that fell silent elsewhere", async () => {
  const store = temporaryFolder();
  const child = spawn("sh", ["-c", "kill -STOP $$; read line"], { stdio: ["pipe", "ignore", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const owner = ownerOf(child.pid ?? 0);
  await until("it is stopped", () => isStopped(owner));
  expect(holding(store, writeLease(store, { owner }))).toBe("held");
  expect(holding(store, writeLease(store, { owner }, leaseSilenceSeconds + 1))).toBe("abandoned");
  expect(holding(store, writeLease(store, {}, leaseSilenceSeconds + 1))).toBe("held");
});

test("what nobody is left to give back is given back by who looks", () => {
  const store = temporaryFolder();
  expect(freeAbandoned(store)).toBeUndefined();
  writeLease(store);
  expect(freeAbandoned(store)).toBeUndefined();
  const left = writeLease(store, { owner: dead });
  expect(freeAbandoned(store)).toEqual(left);
  expect(readLease(store)).toMatchObject({ rollout: "", fencing: 4, opened: "4-other" });
});

test("a step that comes after its rollout has ended gives the lease back; one of a rollout that goes on keeps it", () => {
  const store = `${temporaryFolder()}/store`;
  opening(store, "1-a");
  freeIfEnded(store, "1-a");
  expect(readLease(store)?.rollout).toBe("1-a");
  end(store, "1-a");
  expect(readLease(store)).toMatchObject({ rollout: "", ended: "1-a" });
  goingOn(store, "1-a");
  writeRunningStep(store, "1-a", thisProcess());
  freeIfEnded(store, "1-a");
  expect(readLease(store)?.rollout).toBe("1-a");
  writeRunningStep(store, "1-a", dead);
  freeIfEnded(store, "1-a");
  expect(readLease(store)?.rollout).toBe("");
  opening(store, "2-b");
  freeIfEnded(store, "2-b");
  expect(readLease(store)?.rollout).toBe("2-b");
});
