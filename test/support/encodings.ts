/** Texts as programs write them that know nothing of the redactor, each with how long a secret is in it at least. */
import { escape as escapeQuery } from "node:querystring";

type Encoding = readonly [name: string, encode: (text: string) => string, least: (secret: string) => number];

const bytesOf = (text: string): number => Buffer.byteLength(text);
const lengthOf = (text: string): number => text.length;
const inBase64 = (text: string): number => Math.ceil((bytesOf(text) * 8) / 6);
const inHex = (text: string): number => 2 * bytesOf(text);
const lowerCase = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const numbered = (text: string, reference: (code: number) => string): string =>
  Array.from(text, (one) => (/[\w ]/.test(one) ? one : `&#${reference(one.codePointAt(0) ?? 0)};`)).join("");
const page = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const ascii = (json: string): string =>
  json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const encodings: readonly Encoding[] = [
  ["as it is", (text) => text, lengthOf],
  ["in base64", (text) => Buffer.from(text).toString("base64"), inBase64],
  ["in base64 of addresses", (text) => Buffer.from(text).toString("base64url"), inBase64],
  ["in base64 in a query", (text) => `?t=${encodeURIComponent(Buffer.from(text).toString("base64"))}`, inBase64],
  [
    "in base64 in a form",
    (text) => new URLSearchParams({ t: Buffer.from(text).toString("base64") }).toString(),
    inBase64,
  ],
  ["in base64 of JSON", (text) => Buffer.from(JSON.stringify({ password: text })).toString("base64"), inBase64],
  ["in hexadecimal", (text) => Buffer.from(text).toString("hex"), inHex],
  ["in hexadecimal of capitals", (text) => Buffer.from(text).toString("hex").toUpperCase(), inHex],
  ["in an address", (text) => `/search/${encodeURIComponent(text)}`, lengthOf],
  ["in an address of small letters", (text) => `/search/${lowerCase(encodeURIComponent(text))}`, lengthOf],
  ["in an address of an address", (text) => `?next=${encodeURIComponent(encodeURIComponent(text))}`, lengthOf],
  ["in a whole address", (text) => encodeURI(text), lengthOf],
  ["in a query", (text) => escapeQuery(text), lengthOf],
  ["in a form", (text) => `a=1&${new URLSearchParams({ password: text }).toString()}`, lengthOf],
  ["in a page", (text) => `<p title="${page(text)}">`, lengthOf],
  ["in a page with quotes by number", (text) => `<p>${page(text).replaceAll("'", "&#039;")}</p>`, lengthOf],
  ["in a page in a page", (text) => page(page(text)), lengthOf],
  ["in XML", (text) => `<password>${page(text).replaceAll("'", "&apos;")}</password>`, lengthOf],
  ["in a page, by number", (text) => numbered(text, String), lengthOf],
  ["in a page, by hexadecimal", (text) => numbered(text, (code) => `x${code.toString(16)}`), lengthOf],
  ["in a page, by capitals", (text) => numbered(text, (code) => `x${code.toString(16).toUpperCase()}`), lengthOf],
  ["in JSON", (text) => JSON.stringify({ password: text }), lengthOf],
  ["in JSON in JSON", (text) => JSON.stringify(JSON.stringify({ password: text })), lengthOf],
  ["in JSON of ASCII", (text) => ascii(JSON.stringify([text])), lengthOf],
  ["in JSON with its slashes", (text) => JSON.stringify([text]).replaceAll("/", "\\/"), lengthOf],
  [
    "in JSON for a page",
    (text) => JSON.stringify([text]).replaceAll(/[<>&']/g, (one) => `\\u00${Buffer.from(one).toString("hex")}`),
    lengthOf,
  ],
];
