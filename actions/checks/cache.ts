import { randomBytes } from "node:crypto";
import { defineCheck, fail, pass } from "../check.ts";
import { exchange, exchangeSchema, mentions } from "./exchange.ts";
import { targetSchema } from "./target.ts";

/**
 * Writes a random value into the cache, reads it, clears it and reads again, each by a command of the application or a
 * request, in which `{key}` and `{value}` stand for them. Passes when what was written is read, and gone when cleared.
 */
export const cache = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        ...targetSchema(z),
        write: exchangeSchema(z).describe("puts {value} under {key}: a command as words, or a request"),
        read: exchangeSchema(z).describe("prints or answers what is under {key}"),
        clear: exchangeSchema(z).describe("clears {key}, or the whole cache"),
      })
      .refine(({ write }) => mentions(write, "key") && mentions(write, "value"), {
        path: ["write"],
        message: "writes nothing that could be read: {key} and {value} must stand in it",
      })
      .refine(({ read }) => mentions(read, "key"), { path: ["read"], message: "does not say what to read: {key}" })
      .refine(({ read }) => !mentions(read, "value"), {
        path: ["read"],
        message: "is told the {value}, which it could repeat without any cache",
      }),
  async ({ write, read, clear, ...target }, context) => {
    const values = {
      key: `switchback-${randomBytes(8).toString("hex")}`,
      value: `written-${randomBytes(16).toString("hex")}`,
    };
    const ask = (what: typeof read) => exchange(what, values, target, context);
    const written = await ask(write);
    const seen = await ask(read);
    // Before anything is judged: nothing of ours stays behind where reading does not work.
    const cleared = await ask(clear);
    const after = await ask(read);
    if (!written.isOk) return fail(`writing failed: ${written.words}`);
    if (!seen.isOk) return fail(`reading failed: ${seen.words}`);
    if (!seen.text.includes(values.value)) return fail(`what was written was not read: ${seen.words}`);
    if (!cleared.isOk) return fail(`clearing failed: ${cleared.words}`);
    if (after.text.includes(values.value)) return fail("what was cleared is still read");
    if (!after.isOk && !after.saysNo) return fail(`reading failed after clearing: ${after.words}`);
    return pass("a value was written, read, cleared, and gone");
  },
  { timeoutSeconds: 1800 },
);
