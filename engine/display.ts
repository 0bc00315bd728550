import { changedKeys } from "./diff.ts";
import { markOf, renderProperties } from "./display-value.ts";
import { ops, states, type Diagnostic, type EngineEvent, type EventSink, type Op } from "./events.ts";
import { isDefaultProvider, nameOf, rootStackType, typeOf } from "./urn.ts";
import type { StepMetadata, Summary } from "./events.ts";

export interface DisplayOptions {
  /** What is done, for the headline: `Updating (dev)`. */
  title: string;
  stack: string;
  project: string;
  /** Property by property instead of one line per step. */
  diff: boolean;
}

/** Tells people about an operation as the CLI does where there is no terminal. */
export class Display implements EventSink {
  private readonly options: DisplayOptions;
  private readonly write: (text: string) => void;
  private readonly started = new Map<string, number>();
  private readonly diagnostics: Diagnostic[] = [];
  private outputs: string[] = [];
  private failed = 0;

  constructor(options: DisplayOptions, write: (text: string) => void = (text) => process.stdout.write(text)) {
    this.options = options;
    this.write = write;
    this.print(`${options.title} (${options.stack}) (embedded engine):${options.diff ? "" : "\n"}`);
  }

  event(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, stdoutEvent, summaryEvent } = event;
    if (resourcePreEvent) this.begin(resourcePreEvent.metadata, resourcePreEvent.planning ?? false);
    if (resOutputsEvent) this.finish(resOutputsEvent.metadata, resOutputsEvent.planning ?? false);
    if (resOpFailedEvent) this.fail(resOpFailedEvent.metadata);
    if (diagnosticEvent) this.diagnose(diagnosticEvent);
    if (stdoutEvent) this.print(stdoutEvent.message);
    if (summaryEvent) this.summarise(summaryEvent);
  }

  private begin(step: StepMetadata, planning: boolean): void {
    const [, planned, doing] = ops[step.op];
    this.started.set(step.urn + step.op, Date.now());
    if (this.options.diff) this.print(...renderStep(step));
    else this.row(step, planning ? planned : `${doing} (0s)`);
  }

  private finish(step: StepMetadata, planning: boolean): void {
    if (step.type === rootStackType && !step.op.startsWith("delete")) {
      const { oldState, newState } = step[states];
      const olds = step.op === "create" ? undefined : (oldState?.outputs ?? {});
      this.outputs = renderProperties(olds, newState?.outputs ?? {}, !planning);
    }
    const seconds = (Date.now() - (this.started.get(step.urn + step.op) ?? Date.now())) / 1000;
    if (!planning) this.row(step, `${ops[step.op][3]} (${seconds.toFixed(2)}s)`);
  }

  private fail(step: StepMetadata): void {
    this.failed++;
    this.row(step, `**${ops[step.op][2]} failed**`);
  }

  private row(step: StepMetadata, status: string): void {
    if (this.options.diff || step.op === "same" || isDefaultProvider(step.urn)) return;
    const changes = step.op === "update" || step.op.includes("replace") ? changedProperties(step) : "";
    this.print(` ${ops[step.op][0]} ${shortType(step.urn)} ${nameOf(step.urn)} ${status}${changes}`);
  }

  private diagnose(diagnostic: Diagnostic): void {
    const { urn, message, ephemeral } = diagnostic;
    if (!ephemeral) this.diagnostics.push(diagnostic);
    else if (!this.options.diff) {
      this.print(`    ${urn ? `${shortType(urn)} ${nameOf(urn)}: ` : ""}${message.trimEnd()}`);
    }
  }

  private summarise(summary: Summary): void {
    const { diff } = this.options;
    this.printDiagnostics();
    if (this.outputs.length > 0) {
      this.print(diff ? "    --outputs:--" : "Outputs:", ...this.outputs, ...(diff ? [] : [""]));
    }
    const lines = summaryLines(summary, this.failed).map((line) => `    ${line}`);
    if (lines.length > 0) this.print("Resources:", ...lines);
    if (!summary.isPreview) this.print(`\nDuration: ${summary.durationSeconds}s`);
    this.print("");
  }

  private printDiagnostics(): void {
    const { diff, project, stack } = this.options;
    if (this.diagnostics.length > 0) this.print(diff ? "Diagnostics:" : "\nDiagnostics:");
    for (const [urn, list] of Map.groupBy(this.diagnostics, ({ urn = "" }) => urn)) {
      const subject = urn ? `${shortType(urn)} (${nameOf(urn)})` : `${rootStackType} (${project}-${stack})`;
      const lines = list.flatMap(({ prefix = "", message }) => `${prefix}${message.trimEnd()}`.split("\n"));
      this.print(`  ${subject}:`, ...lines.map((line) => `    ${line}`.trimEnd()), "");
    }
  }

  private print(...lines: string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(""));
  }
}

function summaryLines({ resourceChanges, isPreview }: Summary, failed: number): string[] {
  const { same = 0, ...changes } = resourceChanges;
  const counts = Object.entries(changes) as [Op, number][];
  const lines = counts.map(([op, count]) => {
    const [mark, planned, , done] = ops[op];
    return `${mark.trim()} ${count} ${isPreview ? `to ${planned}` : done}`;
  });
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const rest = [...(counts.length > 1 ? [`${total} changes`] : []), ...(same > 0 ? [`${same} unchanged`] : [])];
  return [...lines, ...(rest.length > 0 ? [rest.join(". ")] : []), ...(failed > 0 ? [`${failed} errored`] : [])];
}

/** ` [diff: ~environment,+stdin]`: the properties that a step changes. */
function changedProperties(step: StepMetadata): string {
  const { oldState: { inputs: olds = {} } = {}, newState: { inputs: news = {} } = {} } = step[states];
  const changes = (step.diffs ?? changedKeys(olds, news)).map((key) => markOf(olds[key], news[key]) + key);
  return changes.length > 0 ? ` [diff: ${changes.join(",")}]` : "";
}

function renderStep({ op, urn, type, [states]: { oldState, newState } }: StepMetadata): string[] {
  const isRoot = type === rootStackType;
  if (isDefaultProvider(urn) || (op === "same" && !isRoot) || op.includes("-replace")) return [];
  const [mark, planned] = ops[op];
  const [olds, news] = [oldState, op === "delete" ? undefined : newState].map((state) => state && (state.inputs ?? {}));
  const properties = op === "same" ? [] : renderProperties(olds, news);
  const lines = [`${mark.trim() || " "} ${shortType(urn)}: (${planned})`, `    [urn=${urn}]`, ...properties];
  return lines.map((line) => (isRoot ? line : `    ${line}`));
}

/** A URN's type without the file name that bridged providers have in theirs. */
function shortType(urn: string): string {
  return typeOf(urn).replace(/^([^:]+:[^:/]+)\/[^:]+:/, "$1:");
}
