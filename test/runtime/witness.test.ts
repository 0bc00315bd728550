/** A store whose ledger is not the one that somebody has seen: the lease, when a rollout opens, goes on, and is heard of. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { inStore } from "../../release/store.ts";
import { end, free, hold, type Lease, readLease, renew } from "../../runtime/lease.ts";
import { append, endOf, verify } from "../../runtime/ledger.ts";
import { ownerOf } from "../../runtime/owner.ts";
import { enterStore, leaveBehind, readMark, whyAnotherStore, whyNotStore } from "../../runtime/store.ts";
import { whyNotWitnessed } from "../../runtime/witness.ts";
import { temporaryFolder } from "../support/context.ts";

const engine = ownerOf(process.ppid);
const happen = (store: string, ...steps: string[]): void => {
  for (const step of steps)
    append(inStore.ledger(store), {
      ...{
        kind: "step",
        rollout: "1-a",
        release: "v1",
        step,
        action: "a",
        fencing: 1,
        began: "",
        seconds: 1,
        by: "me",
      },
    });
};
const claim = (store: string, rollout: string, opens: boolean, id = readMark(store)?.id ?? ""): Lease =>
  hold(store, { rollout, step: "build", engine, release: "v1", opens, id });
const cutOff = (store: string, entries: number): void => {
  const lines = readFileSync(inStore.ledger(store), "utf8").split("\n");
  writeFileSync(
    inStore.ledger(store),
    lines
      .slice(0, entries)
      .map((line) => `${line}\n`)
      .join(""),
  );
};
const witnessesOf = (store: string) => [{ who: "the lease", ...(readLease(store)?.ledger ?? endOf("none")) }];

/** A store that a rollout has left with three entries, cut down to one. */
function cutStore(): { store: string; id: string; why: string } {
  const store = join(temporaryFolder(), "store");
  const id = enterStore(store, { id: undefined, leaving: "none" });
  claim(store, "1-a", true);
  happen(store, "one", "two", "three");
  end(store, "1-a");
  cutOff(store, 1);
  const why =
    `${inStore.ledger(store)}: ends at entry 1, the lease has witnessed entry 3: it was cut off, or is an earlier copy of the store. ` +
    "Nothing more is changed. Put the newest copy of the store in its place. " +
    `To go on with this one as it is, on purpose: switchback:leaveStore: ${id} in the stack's file`;
  return { store, id, why };
}

test("a ledger that was cut off is refused by every rollout, opening or going on, and stays known as such", () => {
  const { store, id, why } = cutStore();
  const lease = readLease(store);
  expect(whyNotStore(store, { id, leaving: "none" })).toBe(why);
  expect(whyAnotherStore(store, { id, leaving: "none" })).toBeUndefined();
  for (const [rollout, opens] of [
    ["2-b", true],
    ["1-a", false],
  ] as const)
    expect(() => claim(store, rollout, opens)).toThrow(new Refusal(why));
  expect(readLease(store)).toEqual(lease);
});

test("what holds the lease is heard of and gives it back all the same, and says no more of the ledger than was seen", () => {
  const { store, id } = cutStore();
  const lease = { ...readLease(store), rollout: "1-a", expires: "" };
  writeFileSync(inStore.lease(store), JSON.stringify(lease));
  happen(store, "another two", "another three", "another four");
  renew(store, "1-a");
  expect(readLease(store)).toMatchObject({ rollout: "1-a", ledger: lease.ledger });
  expect(Date.parse(readLease(store)?.expires ?? "")).toBeGreaterThan(Date.now());
  free(store, "1-a");
  expect(readLease(store)).toMatchObject({ rollout: "", ledger: lease.ledger });
  const fork = `${inStore.ledger(store)}: a fork: its entry 3 is not the one that the lease has witnessed. Another copy of the store went on`;
  expect(verify(inStore.ledger(store), witnessesOf(store))).toEqual([fork]);
  expect(whyNotStore(store, { id, leaving: "none" })).toMatch(fork);
});

test("who has looked may go on with it under another name: what was seen under the former one counts no more", () => {
  const { store, id } = cutStore();
  expect(leaveBehind(store, id, { id, leaving: "none" })).toBe(id);
  expect(whyNotStore(store, { id, leaving: id })).toBeUndefined();
  const next = leaveBehind(store, enterStore(store, { id, leaving: id }), { id, leaving: id });
  expect([next === id, readMark(store)?.id]).toEqual([false, next]);
  expect(claim(store, "2-b", true)).toMatchObject({ store: next, ledger: { entry: 1 } });
  happen(store, "two again");
  expect(claim(store, "2-b", false)).toMatchObject({ store: next, ledger: { entry: 2 } });
  // What is left in the stack's file does nothing any more, whether the state knows the new name yet or not.
  for (const known of [id, next]) {
    const found = enterStore(store, { id: known, leaving: id });
    expect(leaveBehind(store, found, { id: known, leaving: id })).toBe(next);
  }
  expect(verify(inStore.ledger(store), witnessesOf(store))).toEqual([]);
});

test("a whole store that was put back knows nothing of it; who has seen more does", () => {
  const store = join(temporaryFolder(), "store");
  const id = enterStore(store, { id: undefined, leaving: "none" });
  happen(store, "one");
  cpSync(store, `${store}-last-night`, { recursive: true });
  happen(store, "two");
  const witness = { who: "web-1", ...endOf(inStore.ledger(store)) };
  expect(whyNotWitnessed(store, id, witness)).toBeUndefined();
  rmSync(store, { recursive: true });
  cpSync(`${store}-last-night`, store, { recursive: true });
  expect(claim(store, "2-b", true)).toMatchObject({ ledger: { entry: 1 } });
  expect(whyNotWitnessed(store, id, witness)).toBe(
    `${inStore.ledger(store)}: ends at entry 1, web-1 has witnessed entry 2: it was cut off, or is an earlier copy of the store. ` +
      "Nothing more is changed. Put the newest copy of the store in its place. " +
      `To go on with this one as it is, on purpose: switchback:leaveStore: ${id} in the stack's file`,
  );
});

test("a lease that does not say whose ledger it has seen, of an earlier version, is no witness", () => {
  const { store, id } = cutStore();
  writeFileSync(inStore.lease(store), JSON.stringify({ ...readLease(store), store: undefined }));
  expect(whyNotStore(store, { id, leaving: "none" })).toBeUndefined();
  expect(claim(store, "2-b", true)).toMatchObject({ store: id, ledger: { entry: 1 } });
});

test("numbers go on behind the highest of the ledger, where the lease was removed and the clock was set back", () => {
  const store = join(temporaryFolder(), "store");
  const ahead = Math.floor(Date.now() / 1000) + 3600;
  append(inStore.ledger(store), {
    ...{ kind: "step", rollout: "1-a", release: "v1", step: "s", action: "a", fencing: ahead, began: "" },
    ...{ seconds: 1, by: "me" },
  });
  expect(claim(store, "2-b", true).fencing).toBe(ahead + 1);
});
