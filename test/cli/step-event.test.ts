// Steps are known by their URN, and what they were told and answered is read only where it can be.
import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { formerReceiptOf, nameOf, pipelineOf, receiptOf, runs, specOf, titleOf } from "../../cli/step-event.ts";
import { begins, pipeline } from "./events.ts";

const urn = "urn:pulumi:staging::releases::switchback:index:Smoke$command:local:Command::parcel-smoke-login";

test("a step's name and title", () => {
  expect([nameOf(urn), titleOf(urn, "parcel"), titleOf(urn, "")]).toEqual([
    "parcel-smoke-login",
    "smoke login",
    "parcel smoke login",
  ]);
});

test("the pipeline's name is its component's", () => {
  expect([pipelineOf(pipeline), pipelineOf(begins("parcel-build"))]).toEqual(["parcel", undefined]);
});

test("only commands that are not the same run", () => {
  const step = (type: string, op: string): boolean => runs({ type, op } as StepEventMetadata);
  expect([
    step("command:local:Command", "create"),
    step("command:local:Command", "same"),
    step("random:x", "create"),
  ]).toEqual([true, false, false]);
});

test.each(["", "no JSON", "null", "[secret]", undefined])("a receipt %j tells nothing", (stdout) => {
  const metadata = {
    new: { outputs: { stdout }, inputs: { stdin: stdout } },
    old: null,
  } as unknown as StepEventMetadata;
  expect([receiptOf(metadata), formerReceiptOf(metadata), specOf(metadata)]).toEqual([{}, {}, {}]);
});
