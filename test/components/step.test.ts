/** Steps as resources: what is known at preview is on standard input, everything else around it. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { freeSpace } from "../../actions/checks/free-space.ts";
import { decide } from "../../actions/rollout/decide.ts";
import { call } from "../../components/call.ts";
import { prove } from "../../components/proof.ts";
import { commandText, step } from "../../components/step.ts";
import { startedBy } from "../../runtime/owner.ts";
import { readSpec, readSurroundings } from "../../runtime/spec.ts";
import { register } from "../support/mocks.ts";
import { patience } from "../support/health.ts";

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Parent", "parent", {}, {});
    this.registerOutputs({});
  }
}
const space = call(freeSpace, { path: "p", megabytes: 1 });
const end = { action: "actions/platforms/servers/end-maintenance", args: { hosts: [] } };

test("the command is one text, the same on every machine and in every shell", () => {
  expect(commandText).toBe(`node -e "import('switchback/step')"`);
});

test("standard input has action, release and arguments; rollout, needs and secrets are in the environment", async () => {
  const seen = await register({ first: { id: 7 } }, () => {
    const parent = new Parent();
    const scope = { release: "v2", store: "store", rollout: pulumi.output("2-b") };
    const first = step<object, { id: number }>("first", space as never, scope, { parent, needs: {} });
    step("second", call(decide, { revert: true, back: [], rest: [], patience }) as never, scope, {
      ...{ parent, last: true, onFailure: [{ ...end, survives: true } as never] },
      needs: { FIRST: first.result },
      secrets: { PASSWORD: "pw" },
      after: [prove(first.result, first.resource)],
    });
  });
  const [, first, second] = seen;
  expect(first).toEqual({
    ...{ type: "command:local:Command", name: "first" },
    inputs: {
      create: commandText,
      stdin:
        '{"action":"actions/checks/free-space","args":{"inodesPercent":5,"megabytes":1,"path":"p"},"release":"v2","step":"first","store":"store"}',
      environment: { SWITCHBACK_ROLLOUT: "2-b", SWITCHBACK_TIMEOUT_SECONDS: "60" },
      ...{ logging: "stderr", addPreviousOutputInEnv: false },
    },
  });
  expect(second?.inputs.environment).toEqual({
    "[secret]": {
      ...{ SWITCHBACK_ROLLOUT: "2-b", SWITCHBACK_TIMEOUT_SECONDS: "1800" },
      ...{ SWITCHBACK_NEEDS_FIRST: '{"id":7}', SWITCHBACK_SECRET_PASSWORD: "pw" },
    },
  });
  expect(readSpec(String(second?.inputs.stdin))).toEqual({
    ...{
      action: "actions/rollout/decide",
      args: { revert: true, back: [], rest: [], patience },
      release: "v2",
      step: "second",
    },
    ...{ store: "store", survives: true, last: true, onFailure: [end] },
  });
});

test("a step that opens a rollout has no id, and is handed what it said the last time", async () => {
  const [, opening] = await register({}, () =>
    step("open", space as never, { release: "v2", store: "store" }, { parent: new Parent(), needs: {} }),
  );
  expect([opening?.inputs.addPreviousOutputInEnv, opening?.inputs.environment]).toEqual([
    ...[true, { SWITCHBACK_TIMEOUT_SECONDS: "60" }],
  ]);
  expect(readSpec(String(opening?.inputs.stdin)).opens).toBe(true);
});

test("the order in which arguments were written does not make another text", async () => {
  const scope = { release: "v2", store: "store", rollout: pulumi.output("2-b") };
  const texts = await register({}, () => {
    const parent = new Parent();
    step("one", { ...space, args: { a: 1, b: { c: 1, d: 2 } } } as never, scope, { parent, needs: {} });
    step("two", { ...space, args: { b: { d: 2, c: 1 }, a: 1 } } as never, scope, { parent, needs: {} });
  });
  const [one, two] = texts.slice(1).map(({ inputs }) => String(inputs.stdin));
  expect(two).toBe(one?.replace('"one"', '"two"'));
});

test("what a component puts around a step is what the step reads", async () => {
  const [, seen] = await register({}, () =>
    step(
      "one",
      space as never,
      { release: "v2", store: "s", rollout: pulumi.output("2-b") },
      {
        ...{ parent: new Parent(), secrets: { KEY: "k" } },
        needs: { A: { deep: ["x"] }, B: pulumi.output(null) },
      },
    ),
  );
  const { "[secret]": environment } = seen?.inputs.environment as { "[secret]": NodeJS.ProcessEnv };
  expect(readSurroundings(environment)).toEqual({
    ...{ rollout: "2-b", needs: { A: { deep: ["x"] }, B: null }, secrets: { KEY: "k" }, timeoutSeconds: 60 },
    ...{ previous: undefined, engine: startedBy() },
  });
});
