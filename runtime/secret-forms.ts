/** A pattern for what stands for a secret. None repeats without a limit: looking for it takes as long as the text is. */
export interface Form {
  readonly pattern: string;
  /** A simpler pattern for a part that all of them have, which is quickly looked for. */
  readonly sign: string;
}

/** How one text is looked for: in patterns, or, where it is long, only as texts. */
export interface Forms {
  /** What `written` and `encoded` say. */
  readonly written: readonly string[];
  readonly encoded: readonly Form[];
  /** Each is looked for exactly as it is. */
  readonly exact: readonly string[];
}

/** In bytes. Patterns are many times as long as their text, and one of a much longer text may be too large for V8. */
const longestPatterned = 1000;

/** The forms of a text that must not be shown. */
export function formsOf(secret: string): Forms {
  return Buffer.byteLength(secret) > longestPatterned
    ? { written: [], encoded: [], exact: exactly(secret) }
    : { written: [written(secret)], encoded: encoded(secret), exact: [] };
}

/**
 * A long secret as it is, in JSON, in JSON in JSON, in an address, in hexadecimal, and in base64 wherever it stands in what
 * was encoded. Of base64 the digits at both ends that hold bits of their neighbours, too, are left out.
 */
function exactly(secret: string): string[] {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const ofBytes = [bytes, Buffer.from(json(secret))].flatMap((held) => [
    held.toString("base64"),
    ...[0, 1, 2].map((offset) => {
      const digitsOfAll = Buffer.concat([Buffer.alloc(offset), held]).toString("base64");
      return digitsOfAll.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + held.length) * 8) / 6));
    }),
  ]);
  const inAddress = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_");
  return [
    ...new Set([
      ...[secret, json(secret), json(json(secret)), encodeURIComponent(secret.toWellFormed())],
      ...[hex, hex.toUpperCase()],
      ...ofBytes.flatMap((base64) => [base64, inAddress(base64), encodeURIComponent(base64)]),
    ]),
  ];
}

/**
 * A secret as it is read: as it is, percent-encoded, with a page's entities, escaped in JSON, and in JSON that is a text in
 * JSON. Only what needs escaping is looked for in escapes. Returns a pattern, as in `Form`.
 */
export function written(secret: string): string {
  const [, start = "", rest = ""] = /^([A-Za-z0-9]*)(.*)$/s.exec(secret) ?? [];
  const characters = Array.from(rest);
  // Of JSON only as a whole: half a text is not escaped twice.
  const inJson = [1, 2].map((depth) => characters.map((character) => quoted(character, depth)).join(""));
  return start + oneOf([characters.map(onTheWeb).join(""), ...inJson]);
}

/** A secret in hexadecimal and in base64, wherever it stands in what was encoded, which may be JSON. */
export function encoded(secret: string): readonly Form[] {
  const texts = new Set([secret, JSON.stringify(secret).slice(1, -1)]);
  const all = [...texts].map((text) => Buffer.from(text));
  if (/[\x80-\xff]/.test(secret) && !/[^\0-\xff]/.test(secret)) all.push(Buffer.from(secret, "latin1"));
  return [inHex(Buffer.from(secret)), ...all.flatMap((bytes) => [0, 1, 2].map((offset) => inBase64(bytes, offset)))];
}

/** Entities that every page has a name for; of what is not ASCII any name is taken for its own. */
const entities: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

/** One character in an address, a form or a page, escaped once, twice or not at all. */
function onTheWeb(character: string): string {
  if (isPlain(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const isAscii = code < 0x80;
  const names = [entities[character] ?? (isAscii ? [] : "[A-Za-z]{2,8}\\d{0,2}")].flat();
  const entity = oneOf([...names, `#0{0,4}${code}`, `#[xX]0{0,4}${anyCase(code.toString(16))}`]);
  const percent = (bytes: Buffer): string => [...bytes].map((byte) => `%(?:25)?${anyCase(hexOf(byte))}`).join("");
  return oneOf([
    escaped(character),
    ...(character === " " ? ["\\+"] : []),
    percent(Buffer.from(character)),
    ...(isAscii || code > 0xff ? [] : [percent(Buffer.of(code))]),
    `&(?:amp;)?${entity};`,
  ]);
}

const shortEscapes: Readonly<Record<string, string>> = { "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t" };

/** One character in JSON that stands in so many texts. How many backslashes there are leaves one way to read them. */
function quoted(character: string, depth: number): string {
  const backslashes = (count: number): string => "\\\\".repeat(count);
  const escape = backslashes(2 ** (depth - 1));
  if (character === "\\") return escape.repeat(2);
  if (character === '"') return `${backslashes(2 ** depth - 1)}"`;
  if (/[ -~]/.test(character) && !/[/<>&']/.test(character)) return escaped(character);
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16));
  return oneOf([
    escaped(character),
    units.map((unit) => `${escape}u${anyCase(unit.padStart(4, "0"))}`).join(""),
    ...(/[/']/.test(character) ? [escape + character] : []),
    ...[shortEscapes[character] ?? []].flat().map((letter) => escape + letter),
  ]);
}

function inHex(bytes: Buffer): Form {
  const hex = bytes.toString("hex");
  const pattern = [...new Set([hex, hex.toUpperCase()])].join("|");
  return { pattern, sign: pattern };
}

const digits = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
/** The two that are others in an address, and may be escaped there or in JSON. */
const special: Readonly<Record<string, readonly string[]>> = {
  "+": ["\\+", "-", "%2[bB]"],
  "/": ["\\/", "_", "%2[fF]", "\\\\\\/"],
};

/**
 * Bytes in the base64 of a longer text, in which so many others (modulo 3) stand before them. The first digit and the last
 * one may hold bits of their neighbours, and are then any digit that has the secret's own: all bits of even a short secret
 * count, so that nothing else is taken for it.
 */
function inBase64(bytes: Buffer, offset: number): Form {
  const [begin, end] = [offset * 8, (offset + bytes.length) * 8];
  const bitAt = (at: number): number => ((bytes[(at >> 3) - offset] ?? 0) >> (7 - (at & 7))) & 1;
  const forms: string[] = [];
  for (let at = begin - (begin % 6); at < end; at += 6) {
    let [own, value] = [0, 0];
    for (let bit = at; bit < at + 6; bit++) {
      own = (own << 1) | (bit >= begin && bit < end ? 1 : 0);
      value = (value << 1) | bitAt(bit);
    }
    const possible = digits.filter((_, digit) => (digit & own) === value);
    forms.push(oneOf(possible.flatMap((digit) => special[digit] ?? [digit])));
  }
  const pattern = forms.join("") + (end % 6 === 0 ? "" : "(?:=|%3[dD]){0,2}");
  const runs = forms
    .map((form) => (form.length === 1 ? form : " "))
    .join("")
    .split(" ");
  const [longest = ""] = runs.sort((a, b) => b.length - a.length);
  return { pattern, sign: longest.length < 4 ? pattern : longest };
}

const isPlain = (character: string): boolean => /^[A-Za-z0-9]$/.test(character);

const hexOf = (byte: number): string => byte.toString(16).padStart(2, "0");

/** Digits of a number whose letters may be of either case. */
const anyCase = (hex: string): string => hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

function oneOf(patterns: readonly string[]): string {
  const [first = "", ...others] = new Set(patterns);
  return others.length === 0 ? first : `(?:${[first, ...others].join("|")})`;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
