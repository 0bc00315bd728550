import { renderProperties } from "./display-value.ts";
import { isDefaultProvider, nameOf, rootStackType } from "./urn.ts";
import type { Diagnostic, EngineEvent, EventSink, Op, StepMetadata, Summary } from "./events.ts";

export interface DisplayOptions {
  /** What is done, for the headline: `Updating (dev)`. */
  title: string;
  stack: string;
  project: string;
  /** Property by property instead of one line per step. */
  diff: boolean;
}

interface OpWords {
  mark: string;
  planned: string;
  doing: string;
  done: string;
}

const words: Record<Op, OpWords> = {
  same: { mark: "  ", planned: "", doing: "", done: "" },
  create: { mark: "+ ", planned: "create", doing: "creating", done: "created" },
  update: { mark: "~ ", planned: "update", doing: "updating", done: "updated" },
  delete: { mark: "- ", planned: "delete", doing: "deleting", done: "deleted" },
  read: { mark: "> ", planned: "read", doing: "reading", done: "read" },
  replace: { mark: "+-", planned: "replace", doing: "replacing", done: "replaced" },
  "create-replacement": {
    mark: "++",
    planned: "create replacement",
    doing: "creating replacement",
    done: "created replacement",
  },
  "delete-replaced": { mark: "--", planned: "delete original", doing: "deleting original", done: "deleted original" },
  discard: { mark: "< ", planned: "discard", doing: "discarding", done: "discarded" },
  refresh: { mark: "~ ", planned: "refresh", doing: "refreshing", done: "refreshed" },
};

/** Tells people about an operation as the CLI does where there is no terminal. */
export class Display implements EventSink {
  private readonly options: DisplayOptions;
  private readonly write: (text: string) => void;
  private readonly started = new Map<string, number>();
  private readonly diagnostics = new Map<string, Diagnostic[]>();
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

  close(): Promise<void> {
    return Promise.resolve();
  }

  private begin(step: StepMetadata, planning: boolean): void {
    this.started.set(step.urn + step.op, Date.now());
    if (this.options.diff) this.printLines(renderStep(step));
    else this.row(step, planning ? words[step.op].planned : `${words[step.op].doing} (0s)`);
  }

  private finish(step: StepMetadata, planning: boolean): void {
    if (step.type === rootStackType && !step.op.startsWith("delete")) {
      const olds = step.op === "create" ? undefined : step.old?.outputs;
      this.outputs = renderProperties(olds, step.new?.outputs, { showSames: !planning });
    }
    if (this.options.diff || planning) return;
    const started = this.started.get(step.urn + step.op) ?? Date.now();
    this.row(step, `${words[step.op].done} (${((Date.now() - started) / 1000).toFixed(2)}s)`);
  }

  private fail(step: StepMetadata): void {
    this.failed++;
    if (!this.options.diff) this.row(step, `**${words[step.op].doing} failed**`);
  }

  private row(step: StepMetadata, status: string): void {
    if (step.op === "same" || isDefaultProvider(step.urn)) return;
    const changed = step.op === "update" || step.op.includes("replace") ? changedProperties(step) : [];
    const info = changed.length > 0 ? ` [diff: ${changed.join(",")}]` : "";
    this.print(` ${words[step.op].mark} ${shortType(step.type)} ${nameOf(step.urn)} ${status}${info}`);
  }

  private diagnose(diagnostic: Diagnostic): void {
    const { urn = "", message, ephemeral } = diagnostic;
    if (ephemeral) {
      if (!this.options.diff)
        this.print(`    ${urn ? `${shortType(typeName(urn))} ${nameOf(urn)}: ` : ""}${message.trimEnd()}`);
      return;
    }
    const list = this.diagnostics.get(urn) ?? [];
    list.push(diagnostic);
    this.diagnostics.set(urn, list);
  }

  private summarise(summary: Summary): void {
    this.printDiagnostics();
    const heading = this.options.diff ? "    --outputs:--" : "Outputs:";
    if (this.outputs.length > 0) this.printLines([heading, ...this.outputs, ...(this.options.diff ? [] : [""])]);
    const lines = summaryLines(summary, this.failed);
    if (lines.length > 0) this.printLines(["Resources:", ...lines.map((line) => `    ${line}`)]);
    if (!summary.isPreview) this.print(`\nDuration: ${summary.durationSeconds}s`);
    this.print("");
  }

  private printDiagnostics(): void {
    if (this.diagnostics.size === 0) return;
    this.print(this.options.diff ? "Diagnostics:" : "\nDiagnostics:");
    const stack = `${rootStackType} (${this.options.project}-${this.options.stack}):`;
    for (const [urn, list] of this.diagnostics) {
      this.print(`  ${urn ? `${shortType(typeName(urn))} (${nameOf(urn)}):` : stack}`);
      for (const { prefix = "", message } of list) {
        this.printLines(`${prefix}${message.trimEnd()}`.split("\n").map((line) => `    ${line}`.trimEnd()));
      }
      this.print("");
    }
  }

  private printLines(lines: string[]): void {
    for (const line of lines) this.print(line);
  }

  private print(line: string): void {
    this.write(`${line}\n`);
  }
}

function summaryLines({ resourceChanges, isPreview }: Summary, failed: number): string[] {
  const changes = Object.entries(resourceChanges).filter(([op]) => op !== "same") as [Op, number][];
  const lines = changes.map(([op, count]) => {
    const { mark, planned, done } = words[op];
    return `${mark.trim()} ${count} ${isPreview ? `to ${planned}` : done}`;
  });
  const total = changes.reduce((sum, [, count]) => sum + count, 0);
  const same = resourceChanges.same ?? 0;
  const rest = [...(changes.length > 1 ? [`${total} changes`] : []), ...(same > 0 ? [`${same} unchanged`] : [])];
  return [...lines, ...(rest.length > 0 ? [rest.join(". ")] : []), ...(failed > 0 ? [`${failed} errored`] : [])];
}

/** `~environment,stdin`: the properties that a step changes. */
function changedProperties(step: StepMetadata): string[] {
  const [olds = {}, news = {}] = [step.old?.inputs, step.new?.inputs];
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => !key.startsWith("__")).sort();
  const named = new Set(step.diffs ?? keys);
  const marks = { "+": keys.filter((key) => !(key in olds)), "-": keys.filter((key) => !(key in news)) };
  const updated = keys.filter(
    (key) => key in olds && key in news && (step.diffs ?? JSON.stringify(olds[key]) !== JSON.stringify(news[key])),
  );
  return Object.entries({ ...marks, "~": updated }).flatMap(([mark, list]) => {
    const shown = list.filter((key) => named.has(key));
    return shown.length > 0 ? [`${mark}${shown.join(",")}`] : [];
  });
}

function renderStep(step: StepMetadata): string[] {
  const isRoot = step.type === rootStackType;
  if (isDefaultProvider(step.urn) || (step.op === "same" && !isRoot) || step.op.includes("-replace")) return [];
  const { planned, mark } = words[step.op];
  const id = step.old?.id ? [`[id=${step.old.id}]`] : [];
  const provider = step.provider ? [`[provider=${step.provider}]`] : [];
  const head = `${mark.trim() || " "} ${shortType(step.type)}: (${planned || step.op})`;
  const details = [...id, `[urn=${step.urn}]`, ...provider].map((text) => `    ${text}`);
  const properties =
    step.op === "same"
      ? []
      : renderProperties(step.old?.inputs, step.op === "delete" ? undefined : step.new?.inputs, { showSames: false });
  const indent = isRoot ? "" : "    ";
  return [head, ...details, ...properties].map((line) => indent + line);
}

/** Types without the file name that bridged providers have in them. */
function shortType(type: string): string {
  return type.replace(/^([^:]+:[^:/]+)\/[^:]+:/, "$1:");
}

function typeName(urn: string): string {
  const types = urn.split("::")[2] ?? "";
  return types.slice(types.lastIndexOf("$") + 1);
}
