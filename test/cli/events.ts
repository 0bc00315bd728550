/** Events of an engine as the Automation API hands them on, cut down to what is read of them. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

interface Made {
  readonly op?: string;
  readonly type?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly old?: Record<string, unknown>;
}

const urnOf = (type: string, name: string): string => `urn:pulumi:staging::releases::${type}::${name}`;
const command = "command:local:Command";

function metadata(name: string, { op = "update", type = command, inputs = {}, outputs = {}, old }: Made): unknown {
  return { op, type, urn: urnOf(type, name), new: { inputs, outputs }, old: old && { outputs: old } };
}

const event = (fields: object): EngineEvent => ({ sequence: 0, timestamp: 0, ...fields });

export const begins = (name: string, made: Made = {}): EngineEvent =>
  event({ resourcePreEvent: { metadata: metadata(name, made) } });

/** A step that ends with a receipt. */
export const ends = (name: string, receipt: unknown = {}): EngineEvent =>
  event({ resOutputsEvent: { metadata: metadata(name, { outputs: { stdout: JSON.stringify(receipt) } }) } });

export const fails = (name: string): EngineEvent => event({ resOpFailedEvent: { metadata: metadata(name, {}) } });

/** A step's own words, or the engine's. */
export const says = (
  message: string,
  { severity = "info", name }: { severity?: string; name?: string } = {},
): EngineEvent =>
  event({ diagnosticEvent: { severity, message, ...(name === undefined ? {} : { urn: urnOf(command, name) }) } });

export const pipeline = begins("parcel", { type: "switchback:index:ReleasePipeline" });

/** The step that opens a rollout, whose last receipt had this number. */
export const opens = (op: string, last: number | undefined): EngineEvent =>
  begins("parcel-rollout-open", {
    op,
    inputs: { stdin: JSON.stringify({ step: "parcel-rollout-open", opens: true }) },
    ...(last === undefined ? {} : { old: { stdout: JSON.stringify({ number: last, id: `${last}-abc` }) } }),
  });
