import { stripVTControlCharacters } from "node:util";

/** Everything that moves a cursor, colours, or turns the direction of writing, but for tabs and ends of lines. */
const hidden = /[[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\n\t]]/gv;

/**
 * A text from elsewhere (a log line, a commit's subject, an answer) as it may be shown: a terminal must not do what it
 * says. Carriage returns go, too: they would write over what was said before.
 */
export function plain(text: string): string {
  // Most texts are plain, and every line of a build goes through here.
  return text.search(hidden) < 0 ? text : stripVTControlCharacters(text).replace(hidden, "");
}
