/** Files of ours as somebody may have left them: read, or refused in one line that says where and what to do. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { misfit, parseJson, readJson, type Shape } from "../../actions/json-file.ts";
import { temporaryFolder } from "../support/context.ts";

const shape: Shape = { id: "string", owner: { pid: "number" }, content: "object" };
const good = { id: "2-abc", owner: { pid: 7 }, content: {}, more: true };

test("what fits is given back as it is, and no file is undefined", () => {
  const path = join(temporaryFolder(), "file.json");
  expect(readJson(path, shape, "")).toBeUndefined();
  writeFileSync(path, JSON.stringify(good));
  expect(readJson(path, shape, "")).toEqual(good);
});

test.each<[string, string, string]>([
  ["an empty file", "", "it is not JSON"],
  ["a file that was cut off", '{"id":"2-abc","own', "it is not JSON"],
  ["binary garbage", "\x00\x01\xff", "it is not JSON"],
  ["another thing", "null", "it is no object"],
  ["a list", "[]", "it is no object"],
  ["a field that is missing", JSON.stringify({ ...good, id: undefined }), "id is no string"],
  ["a field of another type", JSON.stringify({ ...good, owner: { pid: "7" } }), "owner.pid is no number"],
  ["a part that is not there", JSON.stringify({ ...good, owner: null }), "owner is no object"],
  ["nothing in the place of something", JSON.stringify({ ...good, content: null }), "content is no object"],
  ["what every object has", '{"__proto__":{"id":"x"},"owner":{"pid":7},"content":{}}', "id is no string"],
])("%s is damaged", (_, text, wrong) => {
  const path = join(temporaryFolder(), "file.json");
  writeFileSync(path, text);
  expect(() => readJson(path, shape, "Remove it")).toThrow(new Refusal(`${path}: is damaged: ${wrong}. Remove it`));
});

const rich: Shape = { "note?": "string", decision: /^(go|no)$/, checks: [{ name: "string" }], left: { "*": "string" } };
const fits = { decision: "go", checks: [{ name: "a" }, { name: "b" }], left: { "v1?": "2-b" } };

test.each<[string, object, string | undefined]>([
  ["what may be missing", {}, undefined],
  ["what may be missing, and is not", { note: "x" }, undefined],
  ["lists and maps of nothing", { checks: [], left: {} }, undefined],
  ["what may be missing, and is something else", { note: null }, "note is no string"],
  ["a word that nobody knows", { decision: "maybe" }, "decision is none of the words it can be"],
  ["no word", { decision: ["go"] }, "decision is none of the words it can be"],
  ["an object in the place of a list", { checks: {} }, "checks is no list"],
  ["a list with a hole", { checks: [{ name: "a" }, null] }, "an entry of checks is no object"],
  ["a list with something else", { checks: [{ name: 1 }] }, "an entry of checks.name is no string"],
  ["a map of something else", { left: { "line\nline": 3 } }, "a field of left is no string"],
])("%s fits, or is named", (_, differing, wrong) => {
  expect(misfit({ ...fits, ...differing }, rich)).toBe(wrong);
});

test("a folder in the place of a file is named", () => {
  const path = join(temporaryFolder(), "file.json");
  mkdirSync(path);
  expect(() => readJson(path, shape, "")).toThrow(
    new Refusal(`${path}: is a folder, a file is expected there. Move it away`),
  );
});

test("whatever JSON there is fits, or a field is named", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const wrong = misfit(parseJson(JSON.stringify(value)), shape);
      expect(wrong).toMatch(/^(it|id|owner|owner\.pid|content) is no (string|number|object)$/);
    }),
    { numRuns: 300, seed: 1 },
  );
});
