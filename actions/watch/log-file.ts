import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** How far a log was read: the file, however it is called by now, and the bytes of it. */
export interface Position {
  readonly inode: number;
  readonly bytes: number;
}

/** A line that is longer is cut: what it is stands at its beginning. */
const longestLine = 64 * 1024;

/** The first line that begins within the last so many bytes of a log; null when there is no log. */
export function lastBytesOf(file: string, count: number): Position | null {
  const found = endOf(file);
  if (found === null || found.bytes <= count) return found && { ...found, bytes: 0 };
  // From the byte before: a line may begin right there.
  const start = found.bytes - count - 1;
  const newLine = bytesAt(file, start, longestLine).indexOf(10);
  return { ...found, bytes: start + newLine + 1 };
}

function endOf(file: string): Position | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? { inode: found.ino, bytes: found.size } : null;
}

/**
 * Hands on every whole line behind a position, also when the file was renamed and begun anew since, or emptied. Returns
 * where it has come to. Without a position it begins with the file.
 */
export async function linesSince(
  file: string,
  from: Position | null,
  signal: AbortSignal,
  see: (line: string) => void,
): Promise<Position | null> {
  const now = endOf(file);
  const isSame = now !== null && now.inode === from?.inode;
  const old = from === null || isSame ? undefined : renamed(file, from.inode);
  const rest =
    from === null || old === undefined ? from : { ...from, bytes: await readLines(old, from.bytes, signal, see) };
  // Between renaming a log and beginning the next there is none.
  if (now === null) return rest;
  const start = isSame && goesOn(file, from.bytes, now.bytes) ? from.bytes : 0;
  return { inode: now.inode, bytes: await readLines(file, start, signal, see) };
}

/** Shorter than it was, it was emptied; without the end of a line there, it is another file with the same number. */
const goesOn = (file: string, from: number, end: number): boolean =>
  from === 0 || (end >= from && bytesAt(file, from - 1, 1)[0] === 10);

function bytesAt(file: string, start: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const descriptor = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, start));
  } finally {
    closeSync(descriptor);
  }
}

/** The file beside a log that was this log before, such as `shop.log.1`. */
function renamed(file: string, inode: number): string | undefined {
  const folder = dirname(file);
  const [stem = ""] = basename(file).split(".");
  return readdirSync(folder)
    .filter((name) => name.startsWith(stem))
    .map((name) => join(folder, name))
    .find((path) => endOf(path)?.inode === inode);
}

/** Returns where the last whole line ends: half a line is read when it is whole. */
async function readLines(
  file: string,
  start: number,
  signal: AbortSignal,
  see: (line: string) => void,
): Promise<number> {
  let [end, held, length] = [start, [] as Buffer[], 0];
  for await (const chunk of createReadStream(file, { start, signal }) as AsyncIterable<Buffer>) {
    let rest = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, rest)) {
      if (length < longestLine) held.push(chunk.subarray(rest, at));
      see(Buffer.concat(held).toString("utf8", 0, longestLine).trimEnd());
      end += length + at - rest + 1;
      [held, length, rest] = [[], 0, at + 1];
    }
    if (length < longestLine) held.push(chunk.subarray(rest));
    length += chunk.length - rest;
  }
  return end;
}
