/** Reading a ledger from its end: whole lines, and no more of them than are wanted. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { entryOf, linesOf, readBack, readBytes } from "../../runtime/ledger-lines.ts";
import { temporaryFolder } from "../support/context.ts";

const numbered = Array.from({ length: 10_000 }, (_, index) => `line ${index}`);

function makeFile(text: string): string {
  const path = join(temporaryFolder(), "ledger.jsonl");
  writeFileSync(path, text);
  return path;
}

test("lines are read from the end until they are enough, each of them whole", () => {
  const path = makeFile(`${numbered.join("\n")}\n`);
  const asked: number[] = [];
  const { lines, whole } = readBack(path, (tail) => asked.push(tail.length) === 2);
  expect([lines, whole]).toEqual([numbered.slice(-(asked[1] ?? 0)), true]);
  expect([asked.length, (asked[0] ?? 0) > 1000, lines.length < numbered.length]).toEqual([2, true, true]);
});

test("where they never are, all are read; what was cut off is the last one", () => {
  const path = makeFile(numbered.join("\n"));
  expect(readBack(path, () => false)).toEqual({ lines: numbered, whole: false });
  expect(readBack(makeFile(""), () => false)).toEqual({ lines: [], whole: true });
});

test("no file has no lines; a folder in its place is an error", () => {
  const folder = temporaryFolder();
  expect(readBack(join(folder, "none"), () => true)).toEqual({ lines: [], whole: true });
  expect(readBytes(join(folder, "none"))).toEqual(Buffer.alloc(0));
  mkdirSync(join(folder, "taken"));
  const refusal = new Refusal(`${join(folder, "taken")}: is a folder, a file is expected there. Move it away`);
  expect(() => readBack(join(folder, "taken"), () => true)).toThrow(refusal);
  expect(() => readBytes(join(folder, "taken"))).toThrow(refusal);
});

test("an empty line is a line, what stands behind the last line's end is none; what says too little is no entry", () => {
  expect([linesOf("a\n\nb\n"), linesOf("a"), linesOf("")]).toEqual([["a", "", "b"], ["a"], []]);
  expect([entryOf("{}"), entryOf("null"), entryOf("{")]).toEqual([undefined, undefined, undefined]);
});
