import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Refusal } from "../action.ts";

/** One thing logged: a line with a time of its own, and those without one that follow it, such as a trace. */
export interface Entry {
  readonly time: number;
  readonly text: string;
}

/** When a line was logged, undefined for one that bears no time. */
export type TimeOf = (line: string) => number | undefined;

const window = 64 * 1024;
const longestEntry = 64 * 1024;
const mostRotated = 9;
/** Several processes may write their lines a little out of order. */
const disorderMilliseconds = 60_000;

/**
 * The entries of a log since a time, with those of the files it was rotated into (`log.1`, ...) where it begins later.
 * Memory is bounded, and what is older is not read: its end is found by halves. Errors: there is no such file; its lines
 * bear no times; it was rotated into a file that is compressed.
 */
export async function* entriesSince(path: string, since: number, timeOf: TimeOf): AsyncGenerator<Entry> {
  for (const file of await filesSince(path, since, timeOf)) yield* entriesOf(file, since, timeOf);
}

async function filesSince(path: string, since: number, timeOf: TimeOf): Promise<string[]> {
  if (!existsSync(path)) throw new Refusal(`${path}: there is no such file`);
  const files = [path];
  for (let number = 1; number <= mostRotated; number++) {
    if (!(await beginsAfter(files[0] ?? path, since, timeOf))) break;
    const rotated = `${path}.${number}`;
    if (existsSync(rotated)) files.unshift(rotated);
    else if (existsSync(`${rotated}.gz`))
      throw new Refusal(`${rotated}.gz: what was logged since ${nameOf(since)} begins in it, and it is compressed`);
    else break;
  }
  return files;
}

async function beginsAfter(path: string, since: number, timeOf: TimeOf): Promise<boolean> {
  return withFile(path, async (file, size) => {
    const first = await nextTime(file, 0, size, timeOf);
    return size === 0 || (first !== undefined && first > since);
  });
}

async function* entriesOf(path: string, since: number, timeOf: TimeOf): AsyncGenerator<Entry> {
  const { start, size, changed } = await withFile(path, async (file, length) => ({
    start: await startOf(file, length, since - disorderMilliseconds, timeOf),
    size: length,
    changed: (await file.stat()).mtimeMs,
  }));
  if (size === 0) return;
  let time: number | undefined;
  let text = "";
  // The first line may be the end of one: it is left out, unless the file begins with it.
  let isPart = start > 0;
  for await (const line of linesFrom(path, start, size)) {
    const own = isPart ? undefined : timeOf(line);
    isPart = false;
    if (own === undefined) {
      if (text.length < longestEntry) text += `${text === "" ? "" : "\n"}${line}`;
      continue;
    }
    // What stands before the first time of a file counts as of that time.
    if (time !== undefined && time >= since) yield { time, text };
    else if (time === undefined && start === 0 && text !== "" && own >= since) yield { time: own, text };
    [time, text] = [own, line];
  }
  if (time !== undefined && time >= since) yield { time, text };
  if (time === undefined && changed >= since) throw new Refusal(`${path}: its lines bear no time that is known`);
}

/** A place in a file before the first line of a time: the last one found by halves with an older line behind it. */
async function startOf(file: FileHandle, size: number, since: number, timeOf: TimeOf): Promise<number> {
  let [old, recent] = [0, size];
  while (recent - old > 2 * window) {
    const middle = Math.floor((old + recent) / 2);
    const time = await nextTime(file, middle, recent, timeOf);
    if (time !== undefined && time < since) old = middle;
    else recent = middle;
  }
  return old;
}

/** The time of the first whole line that bears one between two places. */
async function nextTime(file: FileHandle, from: number, to: number, timeOf: TimeOf): Promise<number | undefined> {
  let rest = "";
  let isPart = from > 0;
  for (let place = from; place < to; place += window) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(window), 0, window, place);
    const lines = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
    rest = (lines.pop() ?? "").slice(0, longestEntry);
    for (const line of isPart ? lines.slice(1) : lines) {
      const time = timeOf(line);
      if (time !== undefined) return time;
    }
    isPart &&= lines.length === 0;
  }
  return isPart ? undefined : timeOf(rest);
}

async function* linesFrom(path: string, start: number, size: number): AsyncGenerator<string> {
  let line = "";
  // What is logged meanwhile is left to the next look: somebody may log faster than it is read.
  const stream = createReadStream(path, { start, end: size - 1, encoding: "utf8" });
  for await (const text of stream as AsyncIterable<string>) {
    const parts = text.split("\n");
    const rest = parts.pop() ?? "";
    for (const part of parts) {
      yield (line + part).slice(0, longestEntry);
      line = "";
    }
    line = (line + rest).slice(0, longestEntry);
  }
  if (line !== "") yield line;
}

async function withFile<T>(path: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await use(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

const nameOf = (time: number): string => new Date(time).toISOString();
