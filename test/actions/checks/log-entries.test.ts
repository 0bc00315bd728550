/** Entries of real log files since a time: traces, rotation, large files, and lines without times. */
import { truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entriesSince } from "../../../actions/checks/log-entries.ts";
import { timeOfText } from "../../../actions/checks/log-time.ts";
import { temporaryFolder } from "../../support/context.ts";

const begin = Date.parse("2026-11-21T20:00:00Z");
const line = (second: number, text: string): string => `${new Date(begin + second * 1000).toISOString()} ${text}\n`;
const write = (path: string, text: string): string => {
  writeFileSync(path, text);
  return path;
};
const logFile = (text: string): string => write(join(temporaryFolder(), "app.log"), text);

async function texts(path: string, since = begin): Promise<string[]> {
  const found: string[] = [];
  for await (const { text } of entriesSince(path, since, (one) => timeOfText(one, "utc")))
    found.push(text.replaceAll(/^\S+ /gm, ""));
  return found;
}

test("only entries since then count, each with the lines that follow it", async () => {
  const path = logFile(`${line(-5, "old")}trace of old\n${line(0, "new")}#0 trace\n#1 trace\n${line(3, "last")}`);
  expect(await texts(path)).toEqual(["new\ntrace\ntrace", "last"]);
  expect(await texts(path, begin + 10_000)).toEqual([]);
  expect(await texts(logFile(""))).toEqual([]);
});

test("what stands before the first time counts with it; the last line needs no end", async () => {
  expect(await texts(logFile(`a crash\n${line(1, "new").trim()}`))).toEqual(["crash", "new"]);
});

test("where the log begins later, the files it was rotated into are read, as many as it takes", async () => {
  const path = logFile(line(20, "three"));
  write(`${path}.1`, line(10, "two"));
  write(`${path}.2`, line(-10, "old") + line(5, "one"));
  write(`${path}.3`, line(2, "never read"));
  expect(await texts(path)).toEqual(["one", "two", "three"]);
  truncateSync(path);
  expect(await texts(path)).toEqual(["one", "two"]);
});

test("a rotated file that is compressed is an error, and so are no file and lines without times", async () => {
  const path = logFile(line(20, "new"));
  write(`${path}.1.gz`, "");
  await expect(texts(path)).rejects.toThrow(
    `${path}.1.gz: what was logged since 2026-11-21T20:00:00.000Z begins in it, and it is compressed`,
  );
  const none = join(temporaryFolder(), "none.log");
  await expect(texts(none)).rejects.toThrow(`${none}: there is no such file`);
  const untimed = logFile("one\ntwo\n");
  await expect(texts(untimed, 0)).rejects.toThrow(`${untimed}: its lines bear no time that is known`);
  utimesSync(untimed, 1, 1);
  expect(await texts(untimed)).toEqual([]);
});

test("in a large file every entry since then is found, with long lines and traces among them", async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => {
    const trace = index % 1000 === 0 ? "  at x\n".repeat(2000) : "";
    return line((index - 25_000) / 2, `entry ${index} ${"y".repeat(index % 500 === 0 ? 100_000 : 60)}`) + trace;
  });
  const path = logFile(lines.join(""));
  const found = await texts(path);
  expect([found.length, found[0]?.slice(0, 11), found.at(-1)?.slice(0, 11)]).toEqual([
    ...[5000, "entry 25000", "entry 29999"],
  ]);
});

test("lines a little out of order, and bytes that are no text, are no trouble", async () => {
  const path = logFile(`${line(0, "a")}${line(-1, "old")}${line(1, "b")}\0\xff\n`);
  expect(await texts(path)).toEqual(["a", "b\n\0\xff"]);
});
