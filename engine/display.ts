import { given } from "./checkpoint.ts";
import { allKeys } from "./diff.ts";
import {
  isPart,
  isUnchanged,
  ops,
  states,
  type Diagnostic,
  type EventSink,
  type Op,
  type StepMetadata,
} from "./events.ts";
import { equal, isSecret, mapSecrets, mask, unknown } from "./property-value.ts";
import { isDefaultProvider, nameOf, rootStackType, typeOf } from "./urn.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

export interface DisplayOptions {
  /** What is done, for the headline: `Updating (dev)`. */
  title: string;
  stack: string;
  /** Property by property instead of one line per step. */
  diff: boolean;
}

type Print = (line: string) => void;
const toStdout: Print = (line) => process.stdout.write(`${line}\n`);

/** Tells people about an operation, much as the CLI does where there is no terminal. */
export function display({ title, stack, diff }: DisplayOptions, print = toStdout): EventSink {
  const diagnostics: Diagnostic[] = [];
  let outputs: string[] = [];
  let failed = 0;

  function row(step: StepMetadata, status: string): void {
    if (step.op === "same" || isDefaultProvider(step.urn)) return;
    const changes = step.op === "update" && step.diffs ? ` [diff: ${step.diffs.join()}]` : "";
    print(` ${ops[step.op][0].padEnd(2)} ${label(step.urn)} ${status}${changes}`);
  }

  print(`${title} (${stack}) (embedded engine):\n`);
  return {
    event({ resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failure, ...told }) {
      const { diagnosticEvent: diagnostic, stdoutEvent, summaryEvent } = told;
      if (begun && diff) for (const line of renderStep(begun.metadata)) print(line);
      else if (begun) row(begun.metadata, ops[begun.metadata.op][begun.planning ? 1 : 2]);
      if (done && !done.planning && !diff) row(done.metadata, ops[done.metadata.op][3]);
      if (done?.metadata.type === rootStackType && !done.metadata.op.startsWith("delete")) {
        const { oldState, newState } = done.metadata[states];
        outputs = renderProperties(oldState && (oldState.outputs ?? {}), newState?.outputs ?? {}, !done.planning);
      }
      if (failure) row(failure.metadata, `${failure.metadata.op} failed`);
      if (failure) failed++;
      if (diagnostic && !diagnostic.ephemeral) diagnostics.push(diagnostic);
      else if (diagnostic && !diff) print(`    ${label(diagnostic.urn ?? "")}: ${diagnostic.message.trimEnd()}`);
      if (stdoutEvent) print(stdoutEvent.message);
      if (!summaryEvent) return;
      if (diagnostics.length > 0) print("\nDiagnostics:");
      for (const { urn, prefix = "", message } of diagnostics) {
        print(`  ${urn ? label(urn) : `stack ${stack}`}:`);
        print(`${prefix}${message.trimEnd()}\n`.replace(/^(?=.)/gm, "    "));
      }
      if (outputs.length > 0) print(["Outputs:", ...outputs, ""].join("\n"));
      print("Resources:");
      for (const [op, count] of Object.entries(summaryEvent.resourceChanges) as [Op, number][]) {
        if (op !== "same" && isUnchanged(op)) continue;
        const [mark, planned, , happened] = ops[op];
        const what = summaryEvent.isPreview ? `to ${planned}` : happened;
        print(op === "same" ? `    ${count} unchanged` : `    ${mark} ${count} ${what}`);
      }
      if (failed > 0) print(`    ${failed} errored`);
      print(summaryEvent.isPreview ? "" : `\nDuration: ${summaryEvent.durationSeconds}s\n`);
    },
  };
}

/** Collects a preview and prints it as the CLI's `--json` does. */
export function previewJson(print = toStdout): EventSink {
  const [steps, diagnostics]: [object[], object[]] = [[], []];
  const started = Date.now();
  let config = {};
  return {
    event({ preludeEvent, resourcePreEvent, diagnosticEvent, summaryEvent }) {
      if (preludeEvent) config = preludeEvent.config;
      if (resourcePreEvent && isShown(resourcePreEvent.metadata)) {
        const { op, urn, provider, diffs, keys, detailedDiff: all, [states]: shown } = resourcePreEvent.metadata;
        const kinds = Object.entries(all ?? {}).map(([path, { diffKind: kind, ...diff }]) => [path, { kind, ...diff }]);
        const detailedDiff = all && (Object.fromEntries(kinds) as object);
        const reasons = { diffReasons: diffs, replaceReasons: keys, detailedDiff };
        steps.push({ op, urn, ...given({ provider }), ...mapSecrets(shown as PropertyMap, () => mask), ...reasons });
      }
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const { urn, prefix = "", message, severity } = diagnosticEvent;
        diagnostics.push({ urn, message: prefix + message.trimEnd(), severity });
      }
      if (!summaryEvent) return;
      const told = { ...given({ config, steps, diagnostics }), duration: (Date.now() - started) * 1e6 };
      print(JSON.stringify({ ...told, changeSummary: summaryEvent.resourceChanges }, null, 4));
    },
  };
}

const isShown = ({ op, urn, type }: StepMetadata): boolean =>
  !isDefaultProvider(urn) && !isPart(op) && (op !== "same" || type === rootStackType);

/** Type and name; bridged providers have a file name in the type, which says nothing. */
const label = (urn: string): string => `${typeOf(urn).replace(/^([^:]+:[^:/]+)\/[^:]+:/, "$1:")} ${nameOf(urn)}`;

function renderStep(step: StepMetadata): string[] {
  const { op, urn } = step;
  if (!isShown(step)) return [];
  const { oldState, newState } = step[states];
  const [olds, news] = [oldState, op === "delete" ? undefined : newState].map((state) => state && (state.inputs ?? {}));
  return [`${ops[op][0]} ${label(urn)}: (${ops[op][1]})`, ...renderProperties(olds, news)];
}

type Maybe = PropertyValue | undefined;

/** Of two sides of an object what changes from what to what; everything where there is only one, or if `whole`. */
export function renderProperties(olds: Maybe, news: Maybe, whole = false): string[] {
  const isWhole = whole || olds === undefined || news === undefined;
  return renderParts(olds ?? news, news ?? olds, isWhole).map((line) => `  ${line}`);
}

function renderParts(olds: Maybe, news: Maybe, whole: boolean): string[] {
  const [old, next] = [(olds ?? {}) as PropertyMap, (news ?? {}) as PropertyMap];
  const shown = allKeys(old, next).filter((key) => !key.startsWith("__") && (whole || !equal(old[key], next[key])));
  if (Array.isArray(next)) return shown.flatMap((key) => render(`[${key}]`, old[key], next[key], whole));
  const width = Math.max(...shown.map((key) => key.length));
  return shown.sort().flatMap((key) => render(key.padEnd(width), old[key], next[key], whole));
}

function render(label: string, old: Maybe, next: Maybe, whole: boolean): string[] {
  const head = `${markOf(old, next)} ${label}:`;
  const [before, after] = [opened(old), opened(next)];
  const sides = [before, after].filter((side) => side !== undefined);
  if (!sides.every(hasParts)) {
    const texts = sides.map(shownValue);
    return [`${head} ${equal(old, next) ? texts[0] : texts.join(" => ")}`];
  }
  const [open, close] = Array.isArray(sides[0]) ? "[]" : "{}";
  const json = typeof (next ?? old) === "string" ? "(json) " : "";
  const inner = renderParts(before, after, whole).map((line) => `    ${line}`);
  return [`${head} ${json}${open}`, ...inner, `  ${close}`];
}

/** What becomes of a property: `+` it comes, `-` it goes, `~` it changes. */
function markOf(old: Maybe, next: Maybe): string {
  if (old === undefined) return "+";
  if (next === undefined) return "-";
  return equal(old, next) ? " " : "~";
}

function shownValue(value: PropertyValue): string {
  if (isSecret(value)) return mask;
  return value === unknown ? "[unknown]" : JSON.stringify(value);
}

const hasParts = (value: PropertyValue): boolean =>
  value instanceof Object && !isSecret(value) && Object.keys(value).length > 0;

/** A text that is a JSON object or list is shown as one. */
function opened(value: Maybe): Maybe {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as PropertyValue;
  } catch {
    return value;
  }
}
