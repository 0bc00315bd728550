/** Mistakes in words, by whatever schema they are found. */
import { expect, test } from "vitest";
import * as z from "zod";
import { explainMistakes } from "../../components/config-mistakes.ts";

const schema = z.strictObject({
  retentionDays: z.int().min(1).default(7).describe("days to keep"),
  list: z
    .array(z.strictObject({ first: z.string().optional(), second: z.enum(["a", "b"]).describe("one of two") }))
    .optional(),
  outer: z.strictObject({ inner: z.string() }).prefault({ inner: "x" }),
});

function explained(value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return error ? explainMistakes("Pulumi.production.yaml", schema, error).split("\n") : [];
}

test("every mistake is one line with its path, below how many there are", () => {
  expect(
    explained({ retentionDays: 0, list: [{ second: "c" }, { second: "a", frist: 1 }], outer: { inner: 1 } }),
  ).toEqual([
    "Pulumi.production.yaml: 4 mistakes in the configuration",
    "  switchback:retentionDays: Too small: expected number to be >=1. It is days to keep.",
    '  switchback:list[0].second: Invalid option: expected one of "a"|"b". It is one of two.',
    "  switchback:list[1].frist: is not known. Did you mean first?",
    "  switchback:outer.inner: expected string, received number.",
  ]);
});

test("several unknown keys are a mistake each", () => {
  expect(explained({ retentiondays: 1, nothing: 2 })).toEqual([
    "Pulumi.production.yaml: 2 mistakes in the configuration",
    "  switchback:retentiondays: is not known. Did you mean retentionDays?",
    "  switchback:nothing: is not known. Known are: retentionDays, list, outer",
  ]);
});

test("what is missing deep inside is set by its path, also where its meaning is not said", () => {
  expect(explained({ list: [{}], outer: {} })).toEqual([
    "Pulumi.production.yaml: 2 mistakes in the configuration",
    '  switchback:list[0].second: Invalid option: expected one of "a"|"b". It is one of two.',
    "  switchback:outer.inner: is missing. Set it: pulumi config set --path 'switchback:outer.inner' VALUE",
  ]);
});
