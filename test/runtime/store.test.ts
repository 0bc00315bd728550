/** A store that was used is told from an empty folder in its place. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { enterStore, readMark, wantStore, whyAnotherStore, whyNotStore } from "../../runtime/store.ts";
import { temporaryFolder } from "../support/context.ts";

const first = { id: undefined, leaving: "none" };
const newStore = (): string => join(temporaryFolder(), "store");
const onPurpose = (id: string): string =>
  `Nothing was changed. To go on without its backups, artifacts and ledger, on purpose: switchback:leaveStore: ${id} in the stack's file`;

test("the first rollout makes it, later ones find the same; it may be moved", () => {
  const store = newStore();
  const id = enterStore(store, first);
  expect([enterStore(store, { id, leaving: "none" }), wantStore(store), readMark(store)?.id]).toEqual([id, id, id]);
  renameSync(store, `${store}-moved`);
  expect(enterStore(`${store}-moved`, { id, leaving: "none" })).toBe(id);
});

test("made by the first rollout it is its owner's alone; one that people have made stays as they want it", () => {
  const store = join(newStore(), "deep", "store");
  enterStore(store, first);
  const shared = newStore();
  mkdirSync(shared, { mode: 0o755 });
  enterStore(shared, first);
  expect([store, shared].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o755]);
});

test("a mount point whose mount is gone is refused, and stays empty", () => {
  const store = newStore();
  const id = enterStore(store, first);
  rmSync(store, { recursive: true });
  mkdirSync(store);
  const refusal = new Refusal(
    `the store ${store} is empty, but this environment has been released to before: is it mounted? ${onPurpose(id)}`,
  );
  expect(() => enterStore(store, { id, leaving: "none" })).toThrow(refusal);
  expect(() => wantStore(store)).toThrow(
    new Refusal(`the store ${store} is not there: is it mounted? Nothing was changed. Then: switchback up`),
  );
  expect(readdirSync(store)).toEqual([]);
  rmSync(store, { recursive: true });
  expect(() => enterStore(store, { id, leaving: "none" })).toThrow(refusal);
  expect(() => wantStore(store)).toThrow(Refusal);
  expect(existsSync(store)).toBe(false);
});

test("another store is refused by its name, unless the former one is left on purpose", () => {
  const [store, other] = [newStore(), newStore()];
  const [id, found] = [enterStore(store, first), enterStore(other, first)];
  expect(whyNotStore(other, { id, leaving: found })).toBe(
    `the store ${other} is another one (${found}) than this environment's (${id}): is the right one mounted? ${onPurpose(id)}`,
  );
  expect(whyAnotherStore(other, { id, leaving: found })).toBe(whyNotStore(other, { id, leaving: found }));
  expect(whyAnotherStore(other, { id, leaving: id })).toBeUndefined();
  expect(enterStore(other, { id, leaving: id })).toBe(found);
  const fresh = newStore();
  expect(enterStore(fresh, { id, leaving: id })).toBe(readMark(fresh)?.id);
});

test("one that cannot be read is not an empty one", () => {
  const store = newStore();
  writeFileSync(store, "a file in the way");
  const wrong =
    /^the store \S+ cannot be used: ENOTDIR: .* Mend it, or name another one in switchback:environment.store$/;
  expect(() => wantStore(store)).toThrow(wrong);
  expect(() => enterStore(store, first)).toThrow(wrong);
});
