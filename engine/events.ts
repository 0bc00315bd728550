import { stripVTControlCharacters } from "node:util";
import { masked } from "./property-value.ts";
import { typeOf } from "./urn.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { Diff } from "./providers.ts";
import type { PropertyMap } from "./property-value.ts";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "read"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "refresh"
  | "discard";

export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

/** A resource as events show it: secrets masked. */
export interface EventState {
  type: string;
  urn: string;
  custom?: true;
  delete?: true;
  id: string;
  parent: string;
  protect?: true;
  inputs: PropertyMap;
  outputs: PropertyMap;
  provider: string;
}

/** The whole states of a step, for the preview's JSON; not part of what is logged. */
export const states = Symbol("states");

export interface StepMetadata {
  [states]: { oldState?: ResourceState; newState?: ResourceState };
  op: Op;
  urn: string;
  type: string;
  old: EventState | null;
  new: EventState | null;
  keys?: string[];
  diffs?: string[];
  detailedDiff: Record<string, { diffKind: string; inputDiff: boolean }> | null;
  logical: true;
  provider: string;
}

export interface Diagnostic {
  urn?: string;
  prefix?: string;
  message: string;
  color: "never";
  severity: Severity;
  ephemeral?: true;
}

export interface Summary {
  maybeCorrupt: boolean;
  durationSeconds: number;
  resourceChanges: Record<string, number>;
  PolicyPacks: Record<string, string>;
  isPreview: boolean;
  result: "succeeded" | "failed";
}

/** One event of an operation, in the CLI's own form. */
export interface EngineEvent {
  preludeEvent?: { config: Record<string, string> };
  resourcePreEvent?: { metadata: StepMetadata; planning?: true };
  resOutputsEvent?: { metadata: StepMetadata; planning?: true };
  resOpFailedEvent?: { metadata: StepMetadata; status: number; steps: number };
  diagnosticEvent?: Diagnostic;
  stdoutEvent?: { message: string; color: "never" };
  summaryEvent?: Summary;
  cancelEvent?: object;
}

/** Something that takes the events of an operation: a log file, the terminal, the Automation API. */
export interface EventSink {
  event(event: EngineEvent): void;
  close(): Promise<void>;
}

export function stepMetadata(op: Op, old?: ResourceState, next?: ResourceState, diff?: Diff): StepMetadata {
  const { urn = "", provider = "" } = next ?? old ?? {};
  const detailed = Object.entries(diff?.detailed ?? {});
  const entries = detailed.map(([path, diffKind]) => [path, { diffKind, inputDiff: true }] as const);
  return {
    [states]: { ...(old && { oldState: old }), ...(next && { newState: next }) },
    op,
    urn,
    type: typeOf(urn),
    old: old ? eventState(old) : null,
    new: next ? eventState(next) : null,
    ...(diff?.replaceKeys.length && { keys: diff.replaceKeys }),
    ...(diff?.changedKeys.length && { diffs: diff.changedKeys }),
    detailedDiff: detailed.length > 0 ? Object.fromEntries(entries) : null,
    logical: true,
    provider,
  };
}

function eventState(state: ResourceState): EventState {
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom && { custom: true }),
    ...(state.delete && { delete: true }),
    id: state.id ?? "",
    parent: state.parent ?? "",
    ...(state.protect && { protect: true }),
    inputs: masked(state.inputs ?? {}) as PropertyMap,
    outputs: masked(state.outputs ?? {}) as PropertyMap,
    provider: state.provider ?? "",
  };
}

/** Secret texts never to be shown, whoever prints them. */
export class Masker {
  private readonly texts = new Set<string>();

  /** Very short texts would hide half of every message. */
  add(texts: string[]): void {
    for (const text of texts) if (text.length > 2) this.texts.add(text);
  }

  mask(message: string): string {
    const longestFirst = [...this.texts].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((result, text) => result.replaceAll(text, "[secret]"), message);
  }
}

/** Hands every event to every sink. */
export class Events {
  readonly masker = new Masker();
  private readonly sinks: EventSink[];

  constructor(sinks: EventSink[]) {
    this.sinks = sinks;
  }

  emit(event: EngineEvent): void {
    for (const sink of this.sinks) sink.event(event);
  }

  diagnostic(severity: Severity, message: string, urn?: string, ephemeral = false): void {
    const prefix = severity === "info" || severity === "info#err" ? undefined : `${severity}: `;
    this.emit({
      diagnosticEvent: {
        ...(urn && { urn }),
        ...(prefix && { prefix }),
        message: `${this.masker.mask(stripVTControlCharacters(message))}\n`,
        color: "never",
        severity,
        ...(ephemeral && { ephemeral: true }),
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.close()));
  }
}
