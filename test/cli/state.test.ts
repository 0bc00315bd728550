// What is read of an exported state.
import { expect, test } from "vitest";
import { readState } from "../../cli/state.ts";
import { packRecord, type RolloutRecord } from "../../release/record.ts";
import { plan } from "../support/pipeline.ts";

const activation = {
  hosts: [],
  address: "http://127.0.0.1:1",
  reload: ["x"],
  evidence: { health: "/h", version: "/v" },
};
const record = { rollout: "2-abc", serving: "v1.1.0", plan } as unknown as RolloutRecord;
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
