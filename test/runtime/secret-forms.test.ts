/** Every pattern is one, and its sign is wherever it matches: what is looked for quickly misses nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encoded, formsOf, written } from "../../runtime/secret-forms.ts";

const secrets = fc.string({ minLength: 4, maxLength: 24, unit: "binary" });

test("whatever a secret holds, its patterns match it alone and leave nothing of it", () => {
  fc.assert(
    fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
      const text = before + secret + after;
      expect(new RegExp(written(secret)).exec(text)?.[0].length).toBeGreaterThanOrEqual(secret.length);
      expect(new RegExp(`^(?:${written(secret)})$`).test(`${secret}x`)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test("the sign of an encoding is in all that has it", () => {
  fc.assert(
    fc.property(secrets, fc.string({ unit: "binary" }), fc.string(), (secret, before, after) => {
      const bytes = Buffer.from(before + secret + after);
      for (const text of [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")]) {
        const found = encoded(secret).filter(({ pattern }) => new RegExp(pattern).test(text));
        expect(found.length).toBeGreaterThan(0);
        expect(found.filter(({ sign }) => !new RegExp(sign).test(text))).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test.each<[string, string, string]>([
  ["letters that addresses write as one byte", "größe", "gr%f6%DFe"],
  ["letters with names of their own", "größe", "gr&ouml;&szlig;e"],
  ["a name that begins with others", "a&b<c", "a&amp;b&lt;c"],
  ["numbers with zeros before them", "it's", "it&#0039;s"],
  ["capitals of escapes", "<key>", "\\u003Ckey\\u003E"],
  ["lines in JSON", "one\ntwo", "one\\ntwo"],
])("%s are read", (_, secret, text) => {
  expect(new RegExp(`^(?:${written(secret)})$`).test(text)).toBe(true);
});

test("letters of one byte are known in base64, too", () => {
  const text = Buffer.from("user:größe", "latin1").toString("base64");
  expect(encoded("größe").some(({ pattern }) => new RegExp(pattern).test(text))).toBe(true);
});

test("of a short secret every bit counts", () => {
  // "abcd" with its last bit changed, at each place that it can have.
  const others = ["", "x", "xx"].map((before) => Buffer.from(`${before}abce`).toString("base64"));
  expect(encoded("abcd").filter(({ pattern }) => others.some((text) => new RegExp(pattern).test(text)))).toEqual([]);
});

test("a long text makes no pattern, and no more than a few texts as long as itself", () => {
  const short = formsOf("ü".repeat(500));
  expect([short.written.length, short.exact]).toEqual([1, []]);
  for (const length of [501, 4000, 40_000]) {
    const secret = "ü".repeat(length);
    const long = formsOf(secret);
    expect([long.written, long.encoded]).toEqual([[], []]);
    expect(long.exact).toContain(secret);
    expect(long.exact.join("").length).toBeLessThan(100 * length);
  }
});

test("half a character in a long secret is no reason to fail", () => {
  const secret = `${"x".repeat(2000)}\ud83d`;
  expect(formsOf(secret).exact).toContain(secret);
});
