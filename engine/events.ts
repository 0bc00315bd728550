import { appendFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { given, type ResourceState } from "./checkpoint.ts";
import { isSecret, mapValue, mask, masked, type PropertyMap } from "./property-value.ts";
import { typeOf } from "./urn.ts";
import type { DiagnosticEvent, SummaryEvent } from "@pulumi/pulumi/automation/index.js";
import type { Diff } from "./diff.ts";

/** What can be done to a resource: its mark, and the words for what is planned, under way and done. */
export const ops = {
  same: [" ", "same", "", ""],
  create: ["+", "create", "creating", "created"],
  update: ["~", "update", "updating", "updated"],
  delete: ["-", "delete", "deleting", "deleted"],
  read: [">", "read", "reading", "read"],
  replace: ["+-", "replace", "replacing", "replaced"],
  "create-replacement": ["++", "create replacement", "creating replacement", "created replacement"],
  "delete-replaced": ["--", "delete original", "deleting original", "deleted original"],
  discard: ["<", "discard", "discarding", "discarded"],
  refresh: ["~", "refresh", "refreshing", "refreshed"],
} as const;

export type Op = keyof typeof ops;
export type Severity = DiagnosticEvent["severity"] | "debug";
export type Diagnostic = Omit<DiagnosticEvent, "severity"> & { severity: Severity };
export type StepMetadata = ReturnType<typeof stepMetadata>;
export type Summary = Omit<SummaryEvent, "policyPacks"> & { PolicyPacks: object; isPreview: boolean; result: string };

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

/** What events tell of a step. */
interface Told {
  op: Op;
  old?: ResourceState | undefined;
  next?: ResourceState | undefined;
  diff?: Diff;
}

/** What leaves everything as it is. */
export const isUnchanged = (op: Op): boolean => op === "same" || op === "read" || op === "discard";

/** The parts of a replacement, which people see as one step. */
export const isPart = (op: Op): boolean => op === "create-replacement" || op === "delete-replaced";

export function stepMetadata({ op, old, next, diff }: Told) {
  const { urn = "", provider = "" } = next ?? old ?? {};
  const detailed = Object.entries(diff?.detailed ?? {});
  const entries = detailed.map(([path, diffKind]) => [path, { diffKind, inputDiff: false }] as const);
  return {
    [states]: { ...(old && { oldState: old }), ...(next && { newState: next }) },
    op,
    urn,
    type: typeOf(urn),
    old: old ? eventState(old) : null,
    new: next ? eventState(next) : null,
    ...given({ keys: diff?.replaceKeys, diffs: diff?.changedKeys }),
    detailedDiff: detailed.length > 0 ? Object.fromEntries(entries) : null,
    ...given({ logical: !isPart(op) }),
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
    if (texts.every((text) => this.known.has(text))) return;
    for (const text of texts) this.known.add(text);
    const forms = [...this.known].flatMap((text) => {
      const lines = text.split(/\r?\n/).filter((line) => line.trim().length >= 8);
      return [text, JSON.stringify(text).slice(1, -1), ...lines];
    });
    // Very short texts would hide half of every message.
    const shown = forms.filter((form) => form.length > 2);
    this.longestFirst = [...new Set(shown)].sort((a, b) => b.length - a.length);
  }

  mask(message: string): string {
    return this.longestFirst.reduce((result, text) => result.replaceAll(text, mask), message);
  }

  /** The state without texts that a script has printed, or a program put together, of secrets. */
  hide(told: ResourceState): ResourceState {
    if (this.longestFirst.length === 0) return told;
    const { inputs, outputs, ...state } = told;
    const hidden = (map: PropertyMap): PropertyMap =>
      mapValue(map, (item) => (isSecret(item) ? item : typeof item === "string" ? this.mask(item) : undefined));
    return { ...state, ...(inputs && { inputs: hidden(inputs) }), ...(outputs && { outputs: hidden(outputs) }) };
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

  begun(step: Told): void {
    this.emit({ resourcePreEvent: { metadata: this.metadata(step), ...this.planning } });
  }

  done(step: Told): void {
    this.emit({ resOutputsEvent: { metadata: this.metadata(step), ...this.planning } });
  }

  failed(step: Told): void {
    this.emit({ resOpFailedEvent: { metadata: this.metadata(step), status: 0, steps: 0 } });
  }

  private metadata({ old, next, ...step }: Told): StepMetadata {
    return stepMetadata({ ...step, old: old && this.masker.hide(old), next: next && this.masker.hide(next) });
  }

  diagnostic(severity: Severity, text: string, urn?: string, ephemeral = false): void {
    const message = `${this.masker.mask(stripVTControlCharacters(text))}\n`;
    const about = given({ urn, prefix: severity.startsWith("info") ? "" : `${severity}: `, ephemeral });
    this.emit({ diagnosticEvent: { ...about, message, color: "never", severity } });
  }

  async close(): Promise<void> {
    for (const sink of this.sinks) await sink.close?.();
  }
}

/** `--event-log`: a file with one event per line, or the Automation API's `tcp://HOST:PORT`. */
export async function openEventLog(target: string): Promise<EventSink> {
  let sequence = 0;
  const textOf = (event: EngineEvent): string =>
    JSON.stringify({ sequence: sequence++, timestamp: Math.floor(Date.now() / 1000), ...event });
  const address = /^tcp:\/\/(.*)/.exec(target)?.[1];
  if (address === undefined) return { event: (event) => appendFileSync(target, `${textOf(event)}\n`) };
  const [{ default: grpc }, { default: events_pb }, { default: events_grpc_pb }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/events_pb.js"),
    import("@pulumi/pulumi/proto/events_grpc_pb.js"),
  ]);
  const client = new events_grpc_pb.EventsClient(address, grpc.credentials.createInsecure());
  const finished = Promise.withResolvers<undefined>();
  // A listener that has gone away is no reason to fail the operation.
  const stream = client.streamEvents(() => finished.resolve(undefined));
  return {
    event: (event) => void stream.write(new events_pb.EventRequest().setEvent(textOf(event))),
    async close() {
      stream.end();
      await finished.promise;
      client.close();
    },
  };
}
