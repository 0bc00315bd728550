/** Runs a step's program as Pulumi does: the command's words, a specification on standard input, the rest around it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { type Entry, readLedger } from "../../runtime/ledger.ts";
import { type Spec, variables } from "../../runtime/spec.ts";
import { enterStore } from "../../runtime/store.ts";

export interface Around {
  readonly rollout?: string;
  readonly needs?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly previous?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  /** False for a store that is not there, or never was one. Default true: it is made one. */
  readonly marked?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a step in a project; it is ended with the test, should it still run. */
export function startStep(project: string, spec: Partial<Spec>, around: Around = {}): ChildProcessWithoutNullStreams {
  const { marked = true } = around;
  const { rollout = "2-abcdef", needs = {}, secrets = {}, timeoutSeconds = 20, previous, environment = {} } = around;
  // The store of a rollout that was opened already; where the step opens one it makes its own mark.
  const store = resolve(project, spec.store ?? "store");
  const isThere =
    existsSync(join(store, "store.json")) || statSync(store, { throwIfNoEntry: false })?.isFile() === true;
  if (marked && spec.opens !== true && !isThere) enterStore(store, { id: undefined, leaving: "none" });
  const child = spawn(process.execPath, ["-e", "import('switchback/step')"], {
    cwd: project,
    env: {
      ...process.env,
      ...(rollout === "" ? {} : { [variables.rollout]: rollout }),
      [variables.timeout]: String(timeoutSeconds),
      ...Object.fromEntries(Object.entries(needs).map(([name, need]) => [variables.needs(name), JSON.stringify(need)])),
      ...Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [variables.secret(name), secret])),
      ...(previous === undefined ? {} : { PULUMI_COMMAND_STDOUT: JSON.stringify(previous) }),
      ...environment,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.end(JSON.stringify({ step: "step", release: "v1", store: "store", args: {}, ...spec }));
  return child;
}

export async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

export const runStep = (project: string, spec: Partial<Spec>, around: Around = {}): Promise<Ended> =>
  endOf(startStep(project, spec, around));

/** What the ledger of a project's store says, without times and who. */
export function ledgerOf(project: string): Partial<Entry>[] {
  return readLedger(join(project, "store", "ledger.jsonl")).map(
    ({ at: _at, began: _b, seconds: _s, by: _by, action: _a, fencing: _f, previous: _p, digest: _d, ...rest }) => rest,
  );
}

/** The lines of a step's log, without their times. */
export function logOf(project: string, rollout = "2-abcdef"): string[] {
  const text = readFileSync(join(project, "store", "evidence", rollout, "step.log"), "utf8");
  return text
    .trimEnd()
    .replaceAll(/^\d{4}-\S+Z /gm, "")
    .split("\n");
}
