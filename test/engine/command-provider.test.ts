import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { commandProvider } from "../../engine/command-provider.ts";
import { secret, unknown } from "../../engine/property-value.ts";
import type { PropertyMap } from "../../engine/property-value.ts";

const context = {
  name: "a",
  preview: false,
  directory: tmpdir(),
  signal: new AbortController().signal,
  log: () => undefined,
};
const command = commandProvider.resources["command:local:Command"];
if (!command) throw new Error("no Command");
const stored = (inputs: PropertyMap, outputs: PropertyMap) => ({ urn: "u", custom: true, type: "t", inputs, outputs });

test("inputs come back with their marks, output without", async () => {
  const inputs = { create: "echo $T", environment: { T: secret("tok") } };
  const { id, outputs } = await command.create(inputs, context);
  expect(id).toMatch(/^a[0-9a-f]{8}$/);
  expect(outputs).toEqual({ ...inputs, stdout: "tok", stderr: "" });
});

test("a preview runs nothing and knows its inputs and an id", async () => {
  const { id, outputs } = await command.create({ create: "exit 1" }, { ...context, preview: true });
  expect(id).toMatch(/^a[0-9a-f]{8}$/);
  expect(outputs).toEqual({ create: "exit 1", stdout: unknown, stderr: unknown });
});

test("update runs update or create and sees the output before, unless told not to", async () => {
  const old = stored({}, { stdout: "before", stderr: "" });
  const run = async (inputs: PropertyMap) => (await command.update(old, inputs, context)).stdout;
  expect(await run({ create: "echo c", update: "echo u $PULUMI_COMMAND_STDOUT" })).toBe("u before");
  expect(await run({ create: "echo c ${PULUMI_COMMAND_STDERR-none}" })).toBe("c none");
  expect(await run({ create: "echo [$PULUMI_COMMAND_STDOUT]", addPreviousOutputInEnv: false })).toBe("[]");
  expect(await run({ delete: "exit 1" })).toBe("before");
});

test("any changed input is an update, named by its path", () => {
  const diff = command.diff(stored({ create: "a", triggers: [1] }, {}), { create: "a", triggers: [2] });
  expect(diff).toEqual({
    changed: true,
    changedKeys: ["triggers"],
    replaceKeys: [],
    detailed: { "triggers[0]": "update" },
  });
});

test("inputs of the wrong type are named", () => {
  expect(command.check?.({ create: 5, environment: { A: "x" }, other: 1 })).toEqual([
    { property: "create", reason: "Field 'create' on 'local.CommandInputs' must be a 'string'; got 'float64' instead" },
  ]);
  expect(command.check?.({ create: unknown, interpreter: [unknown], dir: secret("x") })).toEqual([]);
});

test("run answers its output", async () => {
  const result = await commandProvider.functions["command:local:run"]?.({ command: "cat", stdin: "in" }, context);
  expect(result).toEqual({ command: "cat", stdin: "in", stdout: "in", stderr: "" });
});
