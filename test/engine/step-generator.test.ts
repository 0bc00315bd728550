import { expect, test } from "vitest";
import { unknown } from "../../engine/property-value.ts";
import { StepGenerator } from "../../engine/step-generator.ts";
import type { UserError } from "../../engine/user-error.ts";
import type { ResourceState } from "../../engine/checkpoint.ts";
import type { Goal } from "../../engine/goal.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::case::${type}::${name}`;
const command = "command:local:Command";
const stored = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: urn(command, name),
  custom: true,
  type: command,
  inputs: { create: "true" },
  ...more,
});
const goal = (name: string, state: Partial<Goal["state"]> = {}, more: Partial<Goal> = {}): Goal => ({
  name,
  state: { custom: true, type: command, inputs: { create: "true" }, ...state },
  version: "",
  aliases: [],
  deleteBeforeReplace: false,
  ...more,
});
const alias = (name: string): NonNullable<Goal["aliases"]>[number] => ({
  urn: "",
  spec: { name, type: "", stack: "", project: "", parenturn: "", noparent: false },
});
const generator = (...olds: ResourceState[]): StepGenerator =>
  new StepGenerator({ project: "case", stack: "dev" }, olds);

test("new is created, equal is the same, changed is updated", () => {
  const steps = generator(stored("b"), stored("c"));
  const op = (wanted: Goal): string => steps.generate(wanted).op;
  expect(op(goal("a"))).toBe("create");
  expect(op(goal("b"))).toBe("same");
  expect(op(goal("c", { inputs: { create: "false" } }))).toBe("update");
  expect([...steps.registered]).toEqual(["a", "b", "c"].map((name) => urn(command, name)));
});

test("a changed property under replaceOnChanges and a changed replacementTrigger replace", () => {
  const steps = generator(stored("a"), stored("b", { replacementTrigger: 1 }), stored("c"));
  const op = (wanted: Goal): string => steps.generate(wanted).op;
  expect(op(goal("a", { inputs: { create: "x" }, replaceOnChanges: ["create"] }))).toBe("create-replacement");
  expect(op(goal("b", { replacementTrigger: 2 }))).toBe("create-replacement");
  expect(() => op(goal("c", { inputs: {}, replaceOnChanges: ["*"] }, { deleteBeforeReplace: true }))).toThrow(
    /with the deleteBeforeReplace option needs the Pulumi CLI$/,
  );
});

test("what is ignored counts for an update, and not for what is made anew", () => {
  const options = { ignoreChanges: ["dir"], replaceOnChanges: ["create"] };
  const steps = generator(
    stored("a", { inputs: { create: "true", dir: "old" } }),
    stored("b", { inputs: { dir: "old" } }),
  );
  const inputs = { create: "true", dir: "new", stdin: "x" };
  expect(steps.generate(goal("a", { inputs, ...options })).next?.inputs).toEqual({ ...inputs, dir: "old" });
  const replaced = steps.generate(goal("b", { inputs, ...options }));
  expect([replaced.op, replaced.next?.inputs]).toEqual(["create-replacement", inputs]);
});

test("an old resource is found through its aliases and those of its parent", () => {
  const box = { urn: urn("my:Box", "box"), custom: false, type: "my:Box" };
  const child = stored("box-child", { urn: urn(`my:Box$${command}`, "box-child"), parent: box.urn });
  const steps = generator(stored("old"), box, child);
  expect(steps.generate(goal("new", {}, { aliases: [alias("old")] })).old?.urn).toBe(urn(command, "old"));
  steps.generate(goal("crate", { custom: false, type: "my:Crate" }, { aliases: [{ urn: box.urn }] }));
  expect(steps.generate(goal("crate-child", { parent: urn("my:Crate", "crate") })).old).toBe(child);
});

test("the same URN twice, and a taken alias are mistakes of that resource", () => {
  const steps = generator(stored("a"));
  steps.generate(goal("a"));
  expect(() => steps.generate(goal("a"))).toThrow(
    `Duplicate resource URN '${urn(command, "a")}'; try giving it a unique name`,
  );
  expect(() => steps.generate(goal("b", {}, { aliases: [alias("a")] }))).toThrow(/^Duplicate resource alias/);
});

test("everything that a provider does not take is a mistake of that resource", () => {
  let mistakes: unknown[] = [];
  try {
    generator().generate(goal("c", { inputs: { create: 5, triggers: "x", environment: { A: unknown } } }));
  } catch (error) {
    mistakes = (error as AggregateError).errors;
  }
  expect(mistakes.map((one) => (one as UserError).message)).toEqual([
    "command:local:Command resource 'c': property create value {5} has a problem: Field 'create' on 'local.CommandInputs' must be a 'string'; got 'float64' instead",
    "command:local:Command resource 'c': property triggers value {\"x\"} has a problem: Field 'triggers' on 'local.CommandInputs' must be a '[]interface {}'; got 'string' instead",
  ]);
  expect(mistakes.map((one) => (one as UserError).urn)).toEqual([urn(command, "c"), urn(command, "c")]);
});
