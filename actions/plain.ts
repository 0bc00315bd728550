import { stripVTControlCharacters } from "node:util";

/** What moves a cursor, colours, or turns the direction of writing; all control characters but tab and new line. */
const hidden = /[[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\n\t]]/gv;

/**
 * A text from elsewhere (a log line, a commit's subject, an answer) as it may stand in a terminal and a report: without
 * escape sequences, and with a mark where it had a character that nobody sees. A carriage return makes no new line: what
 * stands behind it would look like one of ours.
 */
export function plain(text: string): string {
  // Most texts are plain, and every line of a build goes through here.
  if (text.search(hidden) < 0) return text;
  return stripVTControlCharacters(text).replaceAll("\r\n", "\n").replace(hidden, "\ufffd");
}
