/** No secret, in any of its common forms, gets through the redactor. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { hiding, redactor } from "../../runtime/redact.ts";

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
