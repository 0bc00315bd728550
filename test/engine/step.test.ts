import { expect, test } from "vitest";
import { secret } from "../../engine/property-value.ts";
import { applyStep, withOutputs } from "../../engine/step.ts";
import type { ResourceProvider } from "../../engine/providers.ts";

const context = {
  name: "a",
  preview: false,
  directory: ".",
  signal: new AbortController().signal,
  log: () => undefined,
};
const calls: string[] = [];
const provider: ResourceProvider = {
  check: () => [],
  diff: () => ({ changed: false, changedKeys: [], replaceKeys: [], detailed: null }),
  create: () => Promise.resolve({ id: "id1", outputs: { out: 1 } }),
  update: () => Promise.resolve({ out: 2 }),
  delete: () => {
    calls.push("delete");
    return Promise.resolve();
  },
};
const old = { urn: "a", custom: true, type: "t", id: "id0", outputs: { out: 0 }, created: "c", modified: "m" };
const next = { urn: "a", custom: true, type: "t", inputs: { in: 1 } };

test("same keeps id, outputs and times under the new inputs", async () => {
  expect(await applyStep({ op: "same", old, next, provider }, context)).toEqual({ ...old, inputs: { in: 1 } });
});

test("create takes the provider's id and outputs, update keeps the id", async () => {
  expect(await applyStep({ op: "create", next, provider }, context)).toMatchObject({ id: "id1", outputs: { out: 1 } });
  expect(await applyStep({ op: "update", old, next, provider }, context)).toMatchObject({
    id: "id0",
    created: "c",
    outputs: { out: 2 },
  });
});

test("delete runs the provider, but not for what is retained, external or only previewed", async () => {
  await applyStep({ op: "delete", old: { ...old, retainOnDelete: true }, provider }, context);
  await applyStep({ op: "delete", old: { ...old, external: true }, provider }, context);
  await applyStep({ op: "delete", old, provider }, { ...context, preview: true });
  expect(calls).toEqual([]);
  await applyStep({ op: "delete-replaced", old, provider }, context);
  expect(calls).toEqual(["delete"]);
});

test("additional secret outputs are marked", () => {
  const state = { ...next, additionalSecretOutputs: ["out"] };
  expect(withOutputs(state, { out: 1, other: 2 }).outputs).toEqual({ out: secret(1), other: 2 });
  expect(withOutputs(old, {})).not.toHaveProperty("outputs");
});
