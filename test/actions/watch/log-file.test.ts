/** A log is read on from where one was, whatever was done to the file meanwhile. */
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { lastBytesOf, linesSince, type Position } from "../../../actions/watch/log-file.ts";
import { temporaryFolder } from "../../support/context.ts";

let file: string;
let position: Position | null;

beforeEach(() => {
  file = join(temporaryFolder(), "shop.log");
  position = null;
});

async function more(): Promise<string[]> {
  const lines: string[] = [];
  position = await linesSince(file, position, new AbortController().signal, (line) => lines.push(line));
  return lines;
}

test("lines are handed on once, half a line when it is whole", async () => {
  writeFileSync(file, "one\ntw");
  expect(await more()).toEqual(["one"]);
  appendFileSync(file, "o\r\nthree\n");
  expect(await more()).toEqual(["two", "three"]);
  expect(await more()).toEqual([]);
});

test("a log that was renamed is read to its end, then the new one", async () => {
  writeFileSync(file, "one\n");
  await more();
  appendFileSync(file, "two\n");
  renameSync(file, `${file}.1`);
  expect(await more()).toEqual(["two"]);
  expect(await more()).toEqual([]);
  writeFileSync(file, "three\n");
  appendFileSync(`${file}.1`, "late\n");
  expect(await more()).toEqual(["late", "three"]);
  expect(await more()).toEqual([]);
});

test("a log that was emptied, and one that was put in its place, are read from their beginning", async () => {
  writeFileSync(file, "one and more\n");
  await more();
  truncateSync(file);
  appendFileSync(file, "two\n");
  expect(await more()).toEqual(["two"]);
  renameSync(file, join(file, "../elsewhere"));
  rmSync(join(file, "../elsewhere"));
  writeFileSync(file, "three\n");
  expect(await more()).toEqual(["three"]);
});

test("where there is no log yet there is no position, and it begins with the file", async () => {
  expect([await more(), position, lastBytesOf(file, 9)]).toEqual([[], null, null]);
  writeFileSync(file, "one\n");
  expect(await more()).toEqual(["one"]);
});

test("the last bytes of a log begin with a whole line", () => {
  writeFileSync(file, "one\ntwo\nthree\n");
  expect([99, 14, 13, 9, 6, 5].map((count) => lastBytesOf(file, count)?.bytes)).toEqual([0, 0, 4, 8, 8, 14]);
  mkdirSync(`${file}.d`);
  expect(lastBytesOf(`${file}.d`, 9)).toBeNull();
});

test("very long lines are cut, and what comes behind them is not", async () => {
  writeFileSync(file, `${"a".repeat(300_000)}\nshort\n`);
  const [long, short] = await more();
  expect([long?.length, short]).toEqual([64 * 1024, "short"]);
});

test("however the text arrives, every line comes once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[a-zé\n]{0,40}$/), { maxLength: 8 }), async (pieces) => {
      writeFileSync(file, "");
      position = lastBytesOf(file, 9);
      const seen: string[] = [];
      for (const piece of pieces) {
        appendFileSync(file, piece);
        seen.push(...(await more()));
      }
      expect(seen).toEqual(pieces.join("").split("\n").slice(0, -1));
    }),
    { numRuns: 50 },
  );
});
