import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

export const commandType = "command:local:Command";

/** The name of a resource: the last part of its URN. */
export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** A step's name as people read it: `parcel-smoke-login` of the pipeline `parcel` is `smoke login`. */
export const titleOf = (urn: string, pipeline: string): string =>
  nameOf(urn)
    .replace(new RegExp(`^${pipeline}-`), "")
    .replaceAll("-", " ");

/** The pipeline's name, from the event of its component. */
export function pipelineOf({ resourcePreEvent: event }: EngineEvent): string | undefined {
  return event?.metadata.type === "switchback:index:ReleasePipeline" ? nameOf(event.metadata.urn) : undefined;
}

/** A step that runs now: what is the same runs nothing. */
export const runs = ({ type, op }: StepEventMetadata): boolean =>
  type === commandType && op !== "same" && op !== "read";

/** A step's receipt, where it may be seen. */
export function receiptOf({ new: state }: StepEventMetadata): Record<string, unknown> {
  return parsed((state?.outputs as { stdout?: unknown } | undefined)?.stdout);
}

/** The receipt of the step's run before this one. */
export function formerReceiptOf({ old: state }: StepEventMetadata): Record<string, unknown> {
  return parsed((state?.outputs as { stdout?: unknown } | null | undefined)?.stdout);
}

/** What a step is told. */
export function specOf({ new: state }: StepEventMetadata): { opens?: boolean; store?: string } {
  return parsed((state?.inputs as { stdin?: unknown } | undefined)?.stdin);
}

function parsed(text: unknown): Record<string, unknown> {
  if (typeof text !== "string") return {};
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
