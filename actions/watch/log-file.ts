import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** How far a log was read: the file, however it is called by now, and the bytes of it. */
export interface Position {
  readonly inode: number;
  readonly bytes: number;
}

/** A line that is longer is cut: what it is stands at its beginning. */
const longestLine = 64 * 1024;

/** Where a log ends, less some bytes; null when there is none. */
export function endOfFile(file: string, less = 0): Position | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? { inode: found.ino, bytes: Math.max(0, found.size - less) } : null;
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
  const now = endOfFile(file);
  const isSame = now !== null && now.inode === from?.inode;
  const old = from === null || isSame ? undefined : renamed(file, from.inode);
  const rest =
    from === null || old === undefined ? from : { ...from, bytes: await readLines(old, from.bytes, signal, see) };
  // Between renaming a log and beginning the next there is none.
  if (now === null) return rest;
  // Shorter than it was: it was emptied.
  const start = isSame && now.bytes >= from.bytes ? from.bytes : 0;
  return { inode: now.inode, bytes: await readLines(file, start, signal, see) };
}

/** The file beside a log that was this log before, such as `shop.log.1`. */
function renamed(file: string, inode: number): string | undefined {
  const folder = dirname(file);
  const [stem = ""] = basename(file).split(".");
  return readdirSync(folder)
    .filter((name) => name.startsWith(stem))
    .map((name) => join(folder, name))
    .find((path) => endOfFile(path)?.inode === inode);
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
