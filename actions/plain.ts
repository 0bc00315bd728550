import { stripVTControlCharacters } from "node:util";

// Every control character but tab and new line, and what turns the direction of writing round.
const unseen = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u;

/**
 * A stranger's text as it may stand in a terminal, a log and a report: without escape sequences, and with a mark where
 * it had a character that nobody sees.
 */
export function plain(text: string): string {
  if (!unseen.test(text)) return text;
  return stripVTControlCharacters(text).replaceAll(/\r\n?/g, "\n").replaceAll(new RegExp(unseen, "gu"), "\ufffd");
}
