/** A step that notes what to watch, after the schema and before the switch. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { sampledRequests } from "../../actions/watch/sampler.ts";
import { call } from "../../components/call.ts";
import { prove } from "../../components/proof.ts";
import type { SchemaProof } from "../../components/schema.ts";
import { Watch } from "../../components/watch.ts";
import { readState } from "../../cli/state.ts";
import { readSpec } from "../../runtime/spec.ts";
import { register } from "../support/mocks.ts";

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Parent", "parent", {}, {});
    this.registerOutputs({});
  }
}
const url = "http://127.0.0.1/";
const start = { beforeFrom: "nobody knows" };
const args = {
  source: { action: "actions/watch/sampler", args: { url, timeoutSeconds: 10 } },
  ...{ minutes: 20, everySeconds: 10, worseBy: 3, acceptablePercent: 0.1 },
};

test("the terms are in the state, where the command finds them with what was noted", async () => {
  const [, component, step] = await register({ "shop-watch-plan": start }, () => {
    const parent = new Parent();
    const schema: SchemaProof = prove(pulumi.output({ revision: "0001", did: "" }), parent);
    const scope = { release: "v2", store: "store", rollout: pulumi.output("2-b") };
    new Watch("shop-watch", { scope, schema, terms: { source: call(sampledRequests, { url }), minutes: 20 } });
  });
  expect(component).toMatchObject({
    type: "switchback:index:Watch",
    inputs: { source: "actions/watch/sampler", minutes: 20 },
  });
  const stdin = String(step?.inputs.stdin);
  expect(readSpec(stdin)).toEqual({
    ...{ step: "shop-watch-plan", release: "v2", store: "store", action: "actions/watch/plan", args },
  });
  const resources = [{ type: "command:local:Command", inputs: { stdin }, outputs: { stdout: JSON.stringify(start) } }];
  expect(readState(JSON.stringify({ deployment: { resources } })).watching).toEqual({ terms: args, start });
});

test("terms that say nothing are refused where they are written", () => {
  expect(() => call(sampledRequests, { url: "nowhere" })).toThrow("Invalid URL");
});
