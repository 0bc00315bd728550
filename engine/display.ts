import { given } from "./checkpoint.ts";
import { ops, states, type Diagnostic, type EventSink, type Op, type StepMetadata } from "./events.ts";
import { equal, isSecret, mask, masked, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { isDefaultProvider, nameOf, rootStackType, typeOf } from "./urn.ts";

export interface DisplayOptions {
  /** What is done, for the headline: `Updating (dev)`. */
  title: string;
  stack: string;
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
  return {
    event({ resourcePreEvent, diagnosticEvent, summaryEvent }) {
      if (resourcePreEvent && isShown(resourcePreEvent.metadata)) {
        const { op, urn, provider, diffs, keys, detailedDiff, [states]: shown } = resourcePreEvent.metadata;
        const reasons = { diffReasons: diffs, replaceReasons: keys, detailedDiff };
        steps.push({ op, urn, ...given({ provider }), ...masked(shown as PropertyMap), ...reasons });
      }
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const { urn, prefix = "", message, severity } = diagnosticEvent;
        diagnostics.push({ urn, message: prefix + message.trimEnd(), severity });
      }
      if (!summaryEvent) return;
      const told = { ...given({ steps, diagnostics }), duration: (Date.now() - started) * 1e6 };
      print(JSON.stringify({ ...told, changeSummary: summaryEvent.resourceChanges }, null, 4));
    },
  };
}

const isShown = ({ op, urn, type }: StepMetadata): boolean =>
  !isDefaultProvider(urn) && (op !== "same" || type === rootStackType);

/** Type and name; bridged providers have a file name in the type, which says nothing. */
const label = (urn: string): string => `${typeOf(urn).replace(/^([^:]+:[^:/]+)\/[^:]+:/, "$1:")} ${nameOf(urn)}`;

function renderStep(step: StepMetadata): string[] {
  const { op, urn } = step;
  if (!isShown(step) || op.includes("-replace")) return [];
  const { oldState, newState } = step[states];
  const [olds, news] = [oldState, op === "delete" ? undefined : newState].map((state) => state && (state.inputs ?? {}));
  return [`${ops[op][0]} ${label(urn)}: (${ops[op][1]})`, ...renderProperties(olds, news)];
}

type Leaves = Map<string, PropertyValue>;

/** Of two sides of an object what changes from what to what, path by path; everything if `whole`. */
export function renderProperties(olds?: PropertyMap, news?: PropertyMap, whole = false): string[] {
  const [before, after] = [olds, news].map((side) => new Map(side && leaves("", side))) as [Leaves, Leaves];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, next] = [before.get(path), after.get(path)];
    if (equal(old, next)) return whole ? [`    ${path}: ${shownValue(next)}`] : [];
    if (old === undefined) return [`  + ${path}: ${shownValue(next)}`];
    if (next === undefined) return [`  - ${path}: ${shownValue(old)}`];
    return [`  ~ ${path}: ${shownValue(old)} => ${shownValue(next)}`];
  });
}

/** What is inside, by path. A text that is a JSON object or list is taken for one, a secret is never looked into. */
function leaves(path: string, value: PropertyValue): [string, PropertyValue][] {
  const inner = typeof value === "string" && /^\s*[[{]/.test(value) ? parsed(value) : value;
  const items = inner instanceof Object && !isSecret(inner) ? Object.entries(inner) : [];
  if (items.length === 0) return path === "" ? [] : [[path, value]];
  return items.flatMap(([key, item]) => {
    if (key.startsWith("__")) return [];
    if (Array.isArray(inner)) return leaves(`${path}[${key}]`, item);
    return leaves(path === "" ? key : `${path}.${key}`, item);
  });
}

function shownValue(value: PropertyValue = null): string {
  if (isSecret(value)) return mask;
  return value === unknown ? "[unknown]" : JSON.stringify(value);
}

function parsed(text: string): PropertyValue {
  try {
    return JSON.parse(text) as PropertyValue;
  } catch {
    return text;
  }
}
