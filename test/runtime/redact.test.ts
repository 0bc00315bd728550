/** No secret, in any of its common forms, gets through the redactor. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { hiding, redactor, unseen } from "../../runtime/redact.ts";
import { encodings } from "../support/encodings.ts";

const secret = 'p"ss/w rd é';

test.each([
  ["as it is", secret],
  ["in JSON", JSON.stringify(secret).slice(1, -1)],
  ["in an address", encodeURIComponent(secret)],
  ["in base64", Buffer.from(secret).toString("base64")],
  ["in hexadecimal", Buffer.from(secret).toString("hex")],
])("a secret is taken out %s", (_, form) => {
  expect(redactor([secret])(`before ${form} and ${form} after`)).toBe("before [secret] and [secret] after");
});

test("a secret of several lines is taken out line by line, too", () => {
  const key = "-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----\n";
  expect(redactor([key])("reads MIIEvQIBADAN here")).toBe("reads [secret] here");
});

test("of two secrets that overlap the longer is taken out whole", () => {
  expect(redactor(["secret", "secret-of-mine"])("a secret-of-mine, a secret")).toBe("a [secret], a [secret]");
});

test("what a pattern would mean is only text in a secret", () => {
  expect(redactor(["a.*b$(c)"])("a.*b$(c) axxb")).toBe("[secret] axxb");
});

test("secrets of less than four characters are left: they are in every other word", () => {
  expect(redactor(["abc", ""])("abc")).toBe("abc");
  expect(redactor([])("abc")).toBe("abc");
});

test.each(encodings)("a secret in a longer text is taken out %s", (_, encode, least) => {
  for (const held of [
    secret,
    "s3cr3t&<pw>",
    "a/b+c=d",
    "back\\slash\tand 'quotes'",
    "+/+/+/",
    "abcd",
    "größer",
    "🔑🔑",
  ])
    for (const before of ["", "u", "u:", "u:p", "user 💥 <"])
      for (const after of ["", "!", " &c", "@db.test/shop"]) {
        const text = `< ${encode(before + held + after)} >`;
        const parts = redactor([held])(text).split("[secret]");
        expect([text, parts.length]).toEqual([text, 2]);
        expect(parts.join("").length).toBeLessThanOrEqual(text.length - least(held));
      }
});

test("no encoding of any secret in any text survives", () => {
  const secrets = fc.string({ minLength: 4, maxLength: 20, unit: "grapheme" });
  const around = fc.string({ maxLength: 9, unit: "grapheme" });
  fc.assert(
    fc.property(secrets, around, around, fc.constantFrom(...encodings), (held, before, after, [, encode, least]) => {
      const text = encode(before + held + after);
      const parts = redactor([held])(text).split("[secret]");
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.join("").length).toBeLessThanOrEqual(text.length - least(held));
    }),
    { numRuns: 1000 },
  );
});

test("an answer that shows the headers it was asked with shows no password", () => {
  const { redact } = hiding(["Tr0ub4dor&3"]);
  const headers = { authorization: `Basic ${Buffer.from("smoke@shop.test:Tr0ub4dor&3").toString("base64")}` };
  const told = redact(`<pre>${JSON.stringify(headers)}</pre> <p title="Tr0ub4dor&amp;3">?password=Tr0ub4dor%263</p>`);
  expect(told).toBe(
    `<pre>{"authorization":"Basic c21va2VAc2hvcC50ZXN0O[secret]"}</pre> <p title="[secret]">?password=[secret]</p>`,
  );
});

test("a short secret takes nothing else out of a page of text", () => {
  const text = ["security", "checks", "configuration"].map((name) => readFileSync(`docs/${name}.md`, "utf8")).join("");
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{4}$/), (held) => {
      fc.pre(!text.includes(held));
      expect(redactor([held])(text) === text).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("text that is nearly a secret again and again takes no longer than its length", () => {
  const secrets = [
    "%25%25%25%25%2525%x",
    "&amp;&amp;&&&&&&x",
    `${'\\"'.repeat(12)}x`,
    "aaaaaaaaaaaaaaaaaaaaaaaax",
    "    x",
  ];
  const redact = redactor(secrets);
  const near = ["%25", "%2525", "&amp;", "&amp;amp;", '\\"', '\\\\\\"', "aaaaa", "YWFhYWFh", "   "];
  const seconds = (times: number): number => {
    const texts = near.map((part) => part.repeat(times));
    const began = performance.now();
    for (const text of texts) redact(text);
    return (performance.now() - began) / 1000;
  };
  expect(seconds(100_000)).toBeLessThan(10);
});

test("no form of any secret survives in any text", () => {
  const secrets = fc.array(
    fc
      .string({ minLength: 4, maxLength: 12, unit: "grapheme" })
      .filter((text) => !/[[\]]|s?e?c?r?e?t/u.test(text) || !/[[\]secrt]/.test(text)),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(secrets, fc.array(fc.string({ maxLength: 6 })), fc.nat(), (all, words, seed) => {
      const forms = all.flatMap((one) => [
        one,
        JSON.stringify(one).slice(1, -1),
        encodeURIComponent(one),
        Buffer.from(one).toString("base64"),
        Buffer.from(one).toString("hex"),
      ]);
      const text = words.map((word, index) => word + (forms[(seed + index) % forms.length] ?? "")).join("");
      const clean = redactor(all)(text).split("[secret]");
      for (const form of forms) expect(clean.filter((part) => part.includes(form))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("a secret that becomes known later is taken out from then on", () => {
  const { redact, hide } = hiding(["first one"]);
  expect(redact("first one, second one")).toBe("[secret], second one");
  hide("second one");
  expect(redact("first one, second one")).toBe("[secret], [secret]");
});

/** So many characters of base64 that look like chance. */
function base64Of(length: number): string {
  let text = "";
  while (text.length < length) text += createHash("sha512").update(text).digest("base64").replaceAll("=", "");
  return text.slice(0, length);
}
const linesOf = (base64: string): string => base64.replaceAll(/.{64}/g, "$&\n");
const longSecrets: readonly (readonly [string, string])[] = [
  ["a file of settings", base64Of(9000).replaceAll(/.{32}/g, (one, at: number) => `SERVICE_${at}_KEY="${one}"\n`)],
  ["twelve keys", `-----BEGIN KEY-----\n${linesOf(base64Of(1600))}\n-----END KEY-----\n`.repeat(12)],
  ["many keys, each another", linesOf(base64Of(24_000))],
  ["one line of base64", base64Of(24_000)],
  ["characters that are escaped", "&<\"'+/ %\\".repeat(4500)],
  ["umlauts", "größe".repeat(4000)],
];

test.each(longSecrets)("a long secret is taken out of a longer text: %s", (_, long) => {
  const redact = redactor([long]);
  const inJson = JSON.stringify(long).slice(1, -1);
  for (const form of [long, inJson, Buffer.from(long).toString("base64"), Buffer.from(long).toString("hex")])
    expect(redact(`before ${form} after`) === "before [secret] after").toBe(true);
  for (const before of ["u", "us", "use"]) {
    const text = Buffer.from(`${before}:${long}!`);
    for (const encoded of [text.toString("base64"), text.toString("base64url")])
      expect(redact(encoded)).toMatch(/^[\w+/-]{1,7}\[secret\][\w+/=-]{0,6}$/);
  }
  expect(redact("a line with nothing in it")).toBe("a line with nothing in it");
});

test("a line of a long secret is known in all its forms", () => {
  const line = 'DB_PASSWORD="p&ss w/rd"';
  const redact = redactor([`${base64Of(3000)}\n${line}\n${base64Of(900)}`]);
  for (const form of [
    line,
    encodeURIComponent(line),
    Buffer.from(line).toString("hex"),
    line.replaceAll('"', "&quot;"),
  ])
    expect(redact(`reads ${form} here`)).toBe("reads [secret] here");
});

test("what overlaps is taken out whole, whichever list it was found by", () => {
  const long = base64Of(2000);
  expect(redactor([long, `${long.slice(-40)} and more`])(`x ${long} and more y`)).toBe("x [secret] y");
  expect(redactor([long, "secret"])(`${long}secret`)).toBe("[secret][secret]");
});

test("a secret that V8 refuses is in nothing that is said of it", () => {
  const held = `${base64Of(300)}(`;
  expect(() => new RegExp(held)).toThrow(held);
  let told: unknown;
  try {
    unseen(() => new RegExp(held));
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(Refusal);
  const { message, stack = "", cause } = told as Refusal;
  expect(message).toMatch(/^a secret cannot be taken out of what is written/);
  expect([message, stack].filter((text) => text.includes(held.slice(0, 8)))).toEqual([]);
  expect(cause).toBeUndefined();
});
