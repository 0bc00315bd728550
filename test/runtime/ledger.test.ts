/** The ledger: a chain over everything that happened, which shows what was done to it. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fenced } from "../../actions/fence.ts";
import {
  append,
  contradictionTo,
  endOf,
  type Entry,
  type Happening,
  highestFencing,
  readLedger,
  verify,
} from "../../runtime/ledger.ts";
import { root, temporaryFolder } from "../support/context.ts";

const happening = (step: string): Happening => ({
  ...{ kind: "step", rollout: "2-abc", release: "v1", step, action: "./action", fencing: 7 },
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
      ":3: a fork: follows entry 1, as an earlier line does. Two copies of this ledger were written to",
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

test("entries longer than what is read at once are followed, and the end is what was written last", () => {
  const path = makeLedger("one");
  expect(endOf(join(temporaryFolder(), "none"))).toEqual({ entry: 0, digest: "" });
  append(path, { ...happening("two"), receipt: { text: "x".repeat(100_000) } });
  append(path, happening("three"));
  const { number, digest } = readLedger(path).at(-1) ?? {};
  expect([number, verify(path)]).toEqual([3, []]);
  expect(endOf(path)).toEqual({ entry: 3, digest });
});

test("what was cut off behind whole entries is known to those who have seen more", () => {
  const path = makeLedger("one", "two", "three");
  const witness = { who: "web-1", ...endOf(path) };
  expect(verify(path, [witness, { who: "web-2", entry: 0, digest: "" }])).toEqual([]);
  rewrite(path, (lines) => lines.slice(0, 2));
  expect(verify(path)).toEqual([]);
  expect(verify(path, [witness])).toEqual([
    `${path}: ends at entry 2, web-1 has witnessed entry 3: it was cut off, or is an earlier copy of the store`,
  ]);
});

test("so it is known, without reading all of it, to whoever asks for one entry", () => {
  const path = makeLedger("one", "two");
  const witness = { who: "web-1", ...endOf(path) };
  append(path, { ...happening("three"), receipt: { text: "x".repeat(100_000), quoted: witness.digest } });
  const later = { who: "web-2", ...endOf(path) };
  append(path, happening("four"));
  for (const seen of [witness, later, { who: "web-3", entry: 0, digest: "" }])
    expect(contradictionTo(path, seen)).toBeUndefined();
  rewrite(path, (lines) => lines.slice(0, 2));
  expect(contradictionTo(path, witness)).toBeUndefined();
  expect(contradictionTo(path, later)).toBe(
    `${path}: ends at entry 2, web-2 has witnessed entry 3: it was cut off, or is an earlier copy of the store`,
  );
  for (const step of ["other", "and more"]) append(path, happening(step));
  expect(contradictionTo(path, later)).toBe(
    `${path}: a fork: its entry 3 is not the one that web-2 has witnessed. Another copy of the store went on`,
  );
  expect(contradictionTo(join(temporaryFolder(), "none"), witness)).toMatch(/: ends at entry 0, web-1 has witnessed/);
});

const late = { ...happening("late"), rollout: "1-zzz", fencing: 6 };

test("a step of a rollout that has lost its right is not written; that it has failed is", () => {
  const path = makeLedger("one");
  expect(() => {
    append(path, late);
  }).toThrow(
    new Fenced(
      "the ledger: rollout 2-abc (v1) has acted here since, with fencing number 7 over 6. " +
        "This one has lost its right and changes nothing more. What serves now: switchback status",
    ),
  );
  append(path, { ...late, kind: "failure", message: "late" });
  // Behind a failure the steps before it count, too; of one rollout steps side by side may have different numbers.
  expect(() => {
    append(path, late);
  }).toThrow(Fenced);
  append(path, { ...happening("aside"), fencing: 6 });
  append(path, { ...happening("next"), rollout: "3-def", kind: "failure", fencing: 9 });
  expect(() => {
    append(path, happening("two"));
  }).toThrow("rollout 3-def (v1) has acted here since, with fencing number 9 over 7");
  expect([readLedger(path).map(({ fencing }) => fencing), highestFencing(path), verify(path)]).toEqual([
    [7, 6, 6, 9],
    9,
    [],
  ]);
});

test("one that was written nevertheless is named", () => {
  const path = makeLedger("one");
  const [{ at, digest: previous }] = readLedger(path) as [Entry];
  const entry = { ...{ number: 2, at }, ...late, previous };
  const hash = createHash("sha256").update(JSON.stringify(entry)).digest("hex");
  appendFileSync(path, `${JSON.stringify({ ...entry, digest: hash })}\n`);
  expect(verify(path)).toEqual([
    `${path}:2: was written with fencing number 6 after rollout 2-abc had 7: by one that had lost its right`,
  ]);
});

test("a copy that went on by itself is a fork, wherever the two are compared", () => {
  const path = makeLedger("one", "two");
  const copy = join(temporaryFolder(), "ledger.jsonl");
  writeFileSync(copy, readFileSync(path));
  append(path, happening("here"));
  append(copy, happening("there"));
  append(copy, happening("there too"));
  expect(verify(copy, [{ who: "web-1", ...endOf(path) }])).toEqual([
    `${copy}: a fork: its entry 3 is not the one that web-1 has witnessed. Another copy of the store went on`,
  ]);
  rewrite(path, (lines) => [...lines, ...linesOf(copy).slice(2)]);
  expect(verify(path)).toEqual([
    `${path}:4: entry 3 stands where entry 4 belongs`,
    `${path}:4: a fork: follows entry 2, as an earlier line does. Two copies of this ledger were written to`,
    `${path}:5: entry 4 stands where entry 5 belongs`,
  ]);
});
