/** Fences: whoever comes with a lower number than one that has acted is refused, whatever it slept through. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Context } from "../../actions/action.ts";
import { failuresOf, Fenced, passFence, readStamp } from "../../actions/fence.ts";
import { inStore } from "../../release/store.ts";
import { append, endOf } from "../../runtime/ledger.ts";
import { makeContext, root, temporaryFolder } from "../support/context.ts";

const contextOf = (fencing: number, rollout: string) =>
  makeContext({ fencing, rollout, release: "v2", store: "store" }).context;
const late = (place: string): Fenced =>
  new Fenced(
    `${place}: rollout 5-b (v2) has acted here since, with fencing number 5 over 4. ` +
      "This one has lost its right and changes nothing more. What serves now: switchback status",
  );

test("a higher number passes and is remembered with what it had seen of the ledger, a lower one is refused", () => {
  const fence = join(temporaryFolder(), "fence");
  expect(readStamp(fence)).toBeUndefined();
  passFence(fence, "web-1", contextOf(4, "4-a"));
  passFence(fence, "web-1", contextOf(4, "4-a"));
  passFence(fence, "web-1", contextOf(5, "5-b"));
  expect(() => {
    passFence(fence, "web-1", contextOf(4, "4-a"));
  }).toThrow(late("web-1"));
  const { at, ...stamp } = readStamp(fence) ?? { at: "" };
  expect(stamp).toEqual({
    ...{ number: 5, store: "5709e1d0", ledger: { entry: 0, digest: "" }, rollout: "5-b", release: "v2" },
  });
  expect(Date.now() - Date.parse(at)).toBeLessThan(10_000);
  expect(readdirSync(fence)).toEqual(["5"]);
});

/** A store with a ledger of so many entries, and the right to act that a step gets there. */
function rightIn(store: string, ...steps: string[]): Context {
  const path = inStore.ledger(store);
  for (const step of steps)
    append(path, {
      ...{
        kind: "step",
        rollout: "4-a",
        release: "v2",
        step,
        action: "a",
        fencing: 4,
        began: "",
        seconds: 1,
        by: "me",
      },
    });
  const { context } = makeContext({ fencing: 4, rollout: "4-a", release: "v2", store });
  return { ...context, fencing: { ...context.fencing, ledger: endOf(path) } };
}

test("a ledger that is not the one which was seen here is refused, and what was seen is kept", () => {
  const [folder, store] = [temporaryFolder(), temporaryFolder()];
  const [fence, ledger] = [join(folder, "fence"), inStore.ledger(store)];
  passFence(fence, "web-1", rightIn(store, "one"));
  passFence(fence, "web-1", rightIn(store, "two", "three"));
  const [first = ""] = readFileSync(ledger, "utf8").split("\n");
  writeFileSync(ledger, `${first}\n`);
  const stamp = readStamp(fence);
  const onPurpose =
    "Nothing more is changed. Put the newest copy of the store in its place. " +
    "To go on with this one as it is, on purpose: switchback:leaveStore: 5709e1d0 in the stack's file";
  expect(() => {
    passFence(fence, "web-1", rightIn(store));
  }).toThrow(
    new Fenced(
      `${ledger}: ends at entry 1, web-1 has witnessed entry 3: it was cut off, or is an earlier copy of the store. ${onPurpose}`,
    ),
  );
  const grown = rightIn(store, "other", "and other", "and more");
  expect(() => {
    passFence(fence, "web-1", grown);
  }).toThrow(
    new Fenced(
      `${ledger}: a fork: its entry 3 is not the one that web-1 has witnessed. Another copy of the store went on. ${onPurpose}`,
    ),
  );
  expect(readStamp(fence)).toEqual(stamp);
  // Left on purpose: it goes on under another id, and what was seen under the former one is of another ledger.
  passFence(fence, "web-1", { ...grown, fencing: { ...grown.fencing, store: "1ef7beef" } });
  expect(readStamp(fence)).toMatchObject({ store: "1ef7beef", ledger: { entry: 4 } });
});

test("a step that was let in is let in again, whatever becomes of the ledger meanwhile: it must be able to go back", () => {
  const [folder, store] = [temporaryFolder(), temporaryFolder()];
  const right = rightIn(store, "one", "two");
  passFence(join(folder, "fence"), "web-1", right);
  writeFileSync(inStore.ledger(store), "");
  passFence(join(folder, "fence"), "web-1", right);
  expect(readStamp(join(folder, "fence"))?.ledger).toEqual(right.fencing.ledger);
});

test("what a crash has left of a stamp is none", () => {
  const fence = temporaryFolder();
  writeFileSync(join(fence, "9.abcd.tmp"), "{");
  passFence(fence, "web-1", contextOf(4, "4-a"));
  expect(readStamp(fence)?.number).toBe(4);
});

test("of many that come at the same time the highest stays", async () => {
  const fence = join(temporaryFolder(), "fence");
  const code = (number: number): string => `
import { passFence } from ${JSON.stringify(`${root}actions/fence.ts`)};
for (let turn = 0; turn < 30; turn++)
  try { passFence(${JSON.stringify(fence)}, "web-1", { fencing: { number: ${number}, store: "s", ledger: { entry: 0, digest: "" } }, rollout: "r", release: "v" }); } catch {}`;
  const children = [3, 1, 4, 2].map((number) =>
    spawn(process.execPath, ["--input-type=module", "-e", code(number)], { stdio: "inherit" }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  expect([readStamp(fence)?.number, readdirSync(fence)]).toEqual([4, ["4"]]);
}, 20_000);

test("of failures side by side being fenced is the one that counts", async () => {
  const settled = await Promise.allSettled([Promise.reject(new Error("full")), Promise.resolve(1)]);
  expect(failuresOf(settled, (index) => `web-${index}: `)).toEqual(["web-0: full"]);
  const fenced = await Promise.allSettled([Promise.reject(new Error("full")), Promise.reject(late("web-2"))]);
  expect(() => failuresOf(fenced)).toThrow(late("web-2"));
});
