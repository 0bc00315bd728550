import { stripVTControlCharacters } from "node:util";
import { given, type ResourceState } from "./checkpoint.ts";
import { masked } from "./property-value.ts";
import { typeOf } from "./urn.ts";
import type { DiagnosticEvent, SummaryEvent } from "@pulumi/pulumi/automation/index.js";
import type { Diff } from "./diff.ts";

/** What can be done to a resource: its mark, and the words for it. */
export const ops = {
  same: ["  ", "same"],
  create: ["+ ", "create"],
  update: ["~ ", "update"],
  delete: ["- ", "delete"],
  read: ["> ", "read"],
  replace: ["+-", "replace"],
  "create-replacement": ["++", "create", " replacement"],
  "delete-replaced": ["--", "delete", " original"],
  discard: ["< ", "discard"],
  refresh: ["~ ", "refresh"],
} as const;

export type Op = keyof typeof ops;
export type Severity = DiagnosticEvent["severity"] | "debug";
export type Diagnostic = Omit<DiagnosticEvent, "severity"> & { severity: Severity };
export type StepMetadata = ReturnType<typeof stepMetadata>;
export type Summary = Omit<SummaryEvent, "policyPacks"> & {
  PolicyPacks: object;
  isPreview: boolean;
  result: "succeeded" | "failed";
};

/** One event of an operation, in the CLI's own form. */
export interface EngineEvent {
  preludeEvent?: { config: object };
  resourcePreEvent?: { metadata: StepMetadata; planning?: boolean };
  resOutputsEvent?: { metadata: StepMetadata; planning?: boolean };
  resOpFailedEvent?: { metadata: StepMetadata; status: number; steps: number };
  diagnosticEvent?: Diagnostic;
  stdoutEvent?: { message: string; color: string };
  summaryEvent?: Summary;
  cancelEvent?: object;
}

/** Something that takes the events of an operation: a log file, the terminal, the Automation API. */
export interface EventSink {
  event(event: EngineEvent): void;
  close?(): Promise<void>;
}

/** The whole states of a step, for what is shown to people; not part of what is logged. */
export const states = Symbol("states");

export function stepMetadata(op: Op, old?: ResourceState, next?: ResourceState, diff?: Diff) {
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
    ...given({ keys: diff?.replaceKeys, diffs: diff?.changedKeys }),
    detailedDiff: detailed.length > 0 ? Object.fromEntries(entries) : null,
    logical: true,
    provider,
  };
}

/** A resource as events show it: secrets masked. */
function eventState({ custom, delete: isReplaced, protect, ...state }: ResourceState) {
  const { type, urn, id = "", parent = "", provider = "", inputs = {}, outputs = {} } = state;
  const flags = given({ custom, delete: isReplaced, protect });
  return { type, urn, ...flags, id, parent, provider, inputs: masked(inputs), outputs: masked(outputs) };
}

/** Secret texts never to be shown, whoever prints them: as they are, escaped as in JSON, and line by line. */
export class Masker {
  private readonly known = new Set<string>();
  private longestFirst: string[] = [];

  add(texts: string[]): void {
    const isNew = texts.filter((text) => !this.known.has(text));
    if (isNew.length === 0) return;
    for (const text of isNew) this.known.add(text);
    const forms = isNew.flatMap((text) => {
      const lines = text.split(/\r?\n/).filter((line) => line.trim().length >= 8);
      return [text, JSON.stringify(text).slice(1, -1), ...lines];
    });
    // Very short texts would hide half of every message.
    const all = new Set([...this.longestFirst, ...forms.filter((form) => form.length > 2)]);
    this.longestFirst = [...all].sort((a, b) => b.length - a.length);
  }

  mask(message: string): string {
    return this.longestFirst.reduce((result, text) => result.replaceAll(text, "[secret]"), message);
  }
}

/** Hands every event to every sink. */
export class Events {
  readonly masker = new Masker();
  private readonly sinks: EventSink[];
  private readonly planning: { planning?: boolean };

  constructor(sinks: EventSink[], isPreview = false) {
    this.sinks = sinks;
    this.planning = given({ planning: isPreview });
  }

  emit(event: EngineEvent): void {
    for (const sink of this.sinks) sink.event(event);
  }

  /** A step begins. */
  begun(...step: Parameters<typeof stepMetadata>): void {
    this.emit({ resourcePreEvent: { metadata: stepMetadata(...step), ...this.planning } });
  }

  /** A step is done. */
  done(...step: Parameters<typeof stepMetadata>): void {
    this.emit({ resOutputsEvent: { metadata: stepMetadata(...step), ...this.planning } });
  }

  failed(...step: Parameters<typeof stepMetadata>): void {
    this.emit({ resOpFailedEvent: { metadata: stepMetadata(...step), status: 0, steps: 0 } });
  }

  diagnostic(severity: Severity, text: string, urn?: string, ephemeral = false): void {
    const message = `${this.masker.mask(stripVTControlCharacters(text))}\n`;
    const prefix = severity.startsWith("info") ? "" : `${severity}: `;
    this.emit({
      diagnosticEvent: { ...given({ urn, prefix }), message, color: "never", severity, ...given({ ephemeral }) },
    });
  }

  async close(): Promise<void> {
    for (const sink of this.sinks) await sink.close?.();
  }
}
