// What is read of an exported state.
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { readState } from "../../cli/state.ts";
import { packRecord, type RolloutRecord } from "../../release/record.ts";
import { plan } from "../support/pipeline.ts";

const activation = {
  hosts: [],
  address: "http://127.0.0.1:1",
  reload: ["x"],
  evidence: { health: "/h", version: "/v" },
};
const record: RolloutRecord = {
  ...{ rollout: "2-abc", after: "none", asked: "v1.1.0", configuration: "c", serving: "v1.1.0", ended: "good" },
  ...{ left: {}, plan },
};
const wayBack = { how: "code of v1.0.0", command: "switchback rollback v1.0.0" };

test("the record, the way back and how the hosts are asked", () => {
  const resources = [
    { type: "pulumi:pulumi:Stack", outputs: { record: packRecord(record), wayBack } },
    { type: "command:local:Command", inputs: { stdin: "not ours" } },
    { type: "command:local:Command", inputs: { stdin: JSON.stringify({ args: { questions: {} } }) } },
    { type: "command:local:Command", inputs: { stdin: JSON.stringify({ args: activation }) } },
    {
      type: "command:local:Command",
      inputs: { stdin: JSON.stringify({ action: "actions/checks/routes", args: { baseline: "routes.txt" } }) },
    },
  ];
  expect(readState(JSON.stringify({ version: 3, deployment: { resources } }))).toEqual({
    ...{ record, wayBack, activation, routes: [{ baseline: "routes.txt" }] },
  });
});

test.each([{ deployment: { resources: [] } }, { deployment: null }, {}])("%j knows nothing", (exported) => {
  expect(readState(JSON.stringify(exported))).toEqual({
    record: undefined,
    wayBack: undefined,
    activation: undefined,
    routes: [],
  });
});

test.each<[string, string, string]>([
  ["a text that was cut off", '{"deployment', "it is no object"],
  ["a list of nothing", '{"deployment":{"resources":[null]}}', "an entry of deployment.resources is no object"],
  ["a list of something else", '{"deployment":{"resources":7}}', "deployment.resources is no list"],
])("%s is a damaged state, not one that knows nothing", (_, exported, wrong) => {
  expect(() => readState(exported)).toThrow(
    new Refusal(`the stack's state is damaged: ${wrong}. Put it back from a copy: pulumi stack import --file COPY`),
  );
});

test("a step whose arguments are damaged is not taken for the activation", () => {
  const stdin = JSON.stringify({ args: { ...activation, hosts: 7 } });
  const resources = [{ type: "command:local:Command", inputs: { stdin } }];
  expect(readState(JSON.stringify({ deployment: { resources } })).activation).toBeUndefined();
});
