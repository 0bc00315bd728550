/** The ledger: a chain over everything that happened, which shows what was done to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { append, type Entry, type Happening, readLedger, verify } from "../../runtime/ledger.ts";
import { root, temporaryFolder } from "../support/context.ts";

const happening = (step: string): Happening => ({
  ...{ kind: "step", rollout: "2-abc", release: "v1", step },
  ...{ began: "2026-01-01T00:00:00.000Z", seconds: 1.5, by: "me@here (pid 1)", receipt: { id: step } },
});

function makeLedger(...steps: string[]): string {
  const path = join(temporaryFolder(), "store", "ledger.jsonl");
  for (const step of steps) append(path, happening(step));
  return path;
}
const linesOf = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");
function rewrite(path: string, change: (lines: string[]) => string[]): void {
  writeFileSync(path, `${change(linesOf(path)).join("\n")}\n`);
}

test("entries are numbered, dated and chained; the chain holds", () => {
  const path = makeLedger("build", "switch");
  const [first, second] = readLedger(path) as [Entry, Entry];
  expect({ ...first, at: "", digest: "" }).toEqual({
    number: 1,
    at: "",
    ...happening("build"),
    previous: "",
    digest: "",
  });
  expect(Date.now() - Date.parse(first.at)).toBeLessThan(10_000);
  expect([first.digest, second.number, second.previous]).toEqual([
    /^[0-9a-f]{64}$/.exec(first.digest)?.[0],
    2,
    first.digest,
  ]);
  expect(verify(path)).toEqual([]);
});

test("no ledger is an empty one", () => {
  const path = join(temporaryFolder(), "ledger.jsonl");
  expect([readLedger(path), verify(path)]).toEqual([[], []]);
});

test("several processes append at the same time, and the chain holds", async () => {
  const path = makeLedger("first");
  const code = `
import { append } from ${JSON.stringify(`${root}runtime/ledger.ts`)};
for (let turn = 0; turn < 20; turn++) append(${JSON.stringify(path)}, ${JSON.stringify(happening("many"))});`;
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" }),
  );
  await Promise.all(children.map((child) => once(child, "exit")));
  expect(readLedger(path).map(({ number }) => number)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  expect(verify(path)).toEqual([]);
}, 20_000);

test.each<[string, (lines: string[]) => string[], string[]]>([
  ["changed", ([a = "", ...rest]) => [a.replace('"v1"', '"v2"'), ...rest], [":1: was changed after it was written"]],
  [
    "removed",
    ([a = "", , c = ""]) => [a, c],
    [":2: entry 3 stands where entry 2 belongs", ":2: does not follow the entry before it"],
  ],
  [
    "removed at the beginning",
    ([, b = ""]) => [b],
    [":1: entry 2 stands where entry 1 belongs", ":1: does not follow the entry before it"],
  ],
  [
    "put in another order",
    ([a = "", b = "", c = ""]) => [a, c, b],
    [
      ":2: entry 3 stands where entry 2 belongs",
      ":2: does not follow the entry before it",
      ":3: entry 2 stands where entry 3 belongs",
      ":3: does not follow the entry before it",
    ],
  ],
  ["cut off", ([a = "", b = "", c = ""]) => [a, b, c.slice(0, 40)], [":3: not an entry"]],
  ["something else", ([a = "", b = ""]) => [a, b, "null"], [":3: not an entry"]],
  [
    "written anew with a digest that fits",
    ([a = "", b = "", c = ""]) => [a, c.replace('"number":3', '"number":2'), b].slice(0, 2),
    [":2: does not follow the entry before it", ":2: was changed after it was written"],
  ],
])("an entry that was %s is found", (_, change, wrong) => {
  const path = makeLedger("one", "two", "three");
  rewrite(path, change);
  expect(verify(path)).toEqual(wrong.map((line) => path + line));
});

test("after a crash in the middle of a line the chain goes on, and the line is named", () => {
  const path = makeLedger("one");
  appendFileSync(path, '{"number":2,"at":"20');
  append(path, happening("two"));
  expect(verify(path)).toEqual([`${path}:2: not an entry`]);
  expect(readLedger(path).map(({ number, step }) => [number, step])).toEqual([
    [1, "one"],
    [3, "two"],
  ]);
});
