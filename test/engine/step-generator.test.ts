import { expect, test } from "vitest";
import { Providers } from "../../engine/providers.ts";
import { StepGenerator } from "../../engine/step-generator.ts";
import type { ResourceState } from "../../engine/checkpoint.ts";
import type { AliasSpec, Goal } from "../../engine/goal.ts";

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
const alias = (spec: Partial<Extract<AliasSpec, { name: string }>>): AliasSpec => ({
  name: "",
  type: "",
  stack: "",
  project: "",
  parent: "",
  noParent: false,
  ...spec,
});

async function generator(...olds: ResourceState[]): Promise<StepGenerator> {
  const providers = new Providers();
  await providers.load("command");
  return new StepGenerator("dev", "case", olds, providers);
}

test("new is created, equal is the same, changed is updated", async () => {
  const steps = await generator(stored("b"), stored("c"));
  const ops = (wanted: Goal): string[] => steps.generate(wanted).map(({ op }) => op);
  expect(ops(goal("a"))).toEqual(["create"]);
  expect(ops(goal("b"))).toEqual(["same"]);
  expect(ops(goal("c", { inputs: { create: "false" } }))).toEqual(["update"]);
  expect([steps.isRegistered(urn(command, "c")), steps.isRegistered(urn(command, "d"))]).toEqual([true, false]);
});

test("a changed property under replaceOnChanges and a changed replacementTrigger replace", async () => {
  const steps = await generator(stored("a"), stored("b", { replacementTrigger: 1 }), stored("c"));
  const ops = (wanted: Goal): string[] => steps.generate(wanted).map(({ op }) => op);
  const replaced = ["create-replacement", "replace"];
  expect(ops(goal("a", { inputs: { create: "x" }, replaceOnChanges: ["create"] }))).toEqual(replaced);
  expect(ops(goal("b", { replacementTrigger: 2 }))).toEqual(replaced);
  expect(() => ops(goal("c", { inputs: {}, replaceOnChanges: ["*"] }, { deleteBeforeReplace: true }))).toThrow(
    /with the deleteBeforeReplace option needs the Pulumi CLI$/,
  );
});

test("an old resource is found through its aliases and those of its parent", async () => {
  const box = { urn: urn("my:Box", "box"), custom: false, type: "my:Box" };
  const child = stored("box-child", { urn: urn(`my:Box$${command}`, "box-child"), parent: box.urn });
  const steps = await generator(stored("old"), box, child);
  expect(steps.claim(goal("new", {}, { aliases: [alias({ name: "old" })] })).old?.urn).toBe(urn(command, "old"));
  steps.claim(goal("crate", { custom: false, type: "my:Crate" }, { aliases: [{ urn: box.urn }] }));
  expect(steps.claim(goal("crate-child", { parent: urn("my:Crate", "crate") })).old).toBe(child);
});

test("the same URN twice, a taken alias and a wrong input are mistakes of that resource", async () => {
  const steps = await generator(stored("a"));
  steps.generate(goal("a"));
  expect(() => steps.generate(goal("a"))).toThrow(
    `Duplicate resource URN '${urn(command, "a")}'; try giving it a unique name`,
  );
  expect(() => steps.generate(goal("b", {}, { aliases: [alias({ name: "a" })] }))).toThrow(/^Duplicate resource alias/);
  expect(() => steps.generate(goal("c", { inputs: { create: 5 } }))).toThrow(
    "command:local:Command resource 'c': property create value {5} has a problem: Field 'create'",
  );
});
