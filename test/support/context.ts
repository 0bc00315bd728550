/** What an action under test is given: a store in a temporary folder, and everything it says is kept. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { type Action, type Call, type Context, Refusal } from "../../actions/action.ts";
import { findSecret } from "../../actions/secret.ts";
import { loadAction } from "../../runtime/load.ts";
import { makePrograms } from "../../runtime/program.ts";
import { whyNotWitnessed } from "../../runtime/witness.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Given<Needs = unknown> {
  readonly needs?: Needs;
  readonly store?: string;
  readonly step?: string;
  readonly release?: string;
  readonly rollout?: string;
  /** Fencing number. Default: 1. */
  readonly fencing?: number;
  readonly previous?: unknown;
  readonly signal?: AbortSignal;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Default: actions are loaded and carried out, as in a step. */
  readonly call?: (call: Call, needs: unknown) => Promise<unknown>;
}

export interface Surroundings<Needs> {
  readonly context: Context<Needs>;
  readonly store: string;
  /** Lines for the people who watch. */
  readonly told: string[];
  /** Lines for the log only. */
  readonly logged: string[];
  /** Files that were kept with the evidence, by name. */
  readonly kept: Readonly<Record<string, string | Uint8Array>>;
}

export function makeContext<Needs = unknown>(given: Given<Needs> = {}): Surroundings<Needs> {
  const told: string[] = [];
  const logged: string[] = [];
  const kept: Record<string, string | Uint8Array> = {};
  const log = (line: string): void => void logged.push(line);
  const signal = given.signal ?? new AbortController().signal;
  const context: Context<Needs> = {
    step: given.step ?? "step",
    release: given.release ?? "v1.1.0",
    rollout: given.rollout ?? "2-abcdef",
    fencing: { number: given.fencing ?? 1, store: "5709e1d0", ledger: { entry: 0, digest: "" } },
    needs: given.needs ?? ({} as Needs),
    previous: given.previous,
    store: given.store ?? temporaryFolder(),
    ...{ signal, log },
    tell: (line) => void told.push(line),
    whyNotWitnessed: (witness) => whyNotWitnessed(context.store, context.fencing.store, witness),
    secret: (reference) =>
      findSecret(reference, (name) => {
        const secret = given.secrets?.[name];
        if (secret === undefined) throw new Refusal(`step: was not given the secret ${name}`);
        return secret;
      }),
    keep: (name, content) => {
      kept[name] = content;
      return `files/${name}`;
    },
    ...makePrograms({ signal, log, redact: (text) => text }),
    call: async (call, needs) => {
      if (given.call) return given.call(call, needs);
      const action = await loadAction(call.action);
      return action.run(call.args, needs === undefined ? context : { ...context, needs });
    },
  };
  return { context, store: context.store, told, logged, kept };
}

/** Checks the arguments as a pipeline does and runs the action. */
export async function act<Args, Needs, Result, Input>(
  action: Action<Args, Needs, Result, Input>,
  args: Input,
  given: Given<Needs> = {},
): Promise<Surroundings<Needs> & { readonly result: Result }> {
  const surroundings = makeContext(given);
  const result = await action.run(action.args(z).parse(args), surroundings.context);
  return { ...surroundings, result };
}

/** A folder that is removed when the test is over. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-test-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  return folder;
}

/** A user's project: steps run in it, and its own actions are `./name`. */
export function makeProject(actions: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "switchback"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const [name, run] of Object.entries(actions)) {
    const text = `import { defineAction, Refusal } from "switchback/actions/action.ts";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
export const action = defineAction(import.meta.url, { args: (z) => z.unknown(), run: ${run} });
void [Refusal, appendFileSync, existsSync, writeFileSync];
`;
    writeFileSync(join(folder, `${name}.ts`), text);
  }
  return folder;
}

/** A server on the loopback until the test is over. Returns its address. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The body of a request as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** An address where nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Asks again until it is so; fails with what was waited for. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
