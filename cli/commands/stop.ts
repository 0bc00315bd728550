import { existsSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../actions/action.ts";
import { plain } from "../../actions/plain.ts";
import { holding, readLease } from "../../runtime/lease.ts";
import { nameOf } from "../../runtime/owner.ts";
import { makePrograms } from "../../runtime/program.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { commandName, say } from "../say.ts";
import type { Stack } from "../stack.ts";
import type { State } from "../state.ts";
import { wantStoreOf } from "../store.ts";

/** Ends the application on every host. State, releases, data and evidence stay. Errors: a rollout is at work. */
export async function stop(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const state = await stack.state();
  wantStoreOf(stack, state);
  refuseIfHeld(stack);
  const stopped: string[] = [];
  for (const host of stack.settings.hosts) {
    if (!existsSync(join(host.directory, "current"))) continue;
    await run(host, stopCommand(state?.activation));
    stopped.push(host.name);
  }
  if (options.json) say(JSON.stringify({ stopped }));
  else if (stopped.length === 0) say(`${stack.name}: nothing was ever started`);
  else say(`stopped: ${stopped.join(", ")}. To start again: ${commandName()} up --again`);
  return 0;
}

/** The application's command that reloads also stops: the same words with `stop` in the place of `reload`. */
export function stopCommand(activation: State["activation"]): string[] {
  const reload = activation?.reload ?? ["node", "current/bin/parcel.ts", "reload"];
  if (!reload.includes("reload")) {
    throw new Problem(
      `stop: the application is reloaded by \`${reload.join(" ")}\`, which does not tell how it is stopped.`,
    );
  }
  return reload.map((word) => (word === "reload" ? "stop" : word));
}

/** Stopped in the middle of a switch, a good release would not answer, and be taken back. */
function refuseIfHeld({ name, settings: { store } }: Stack): void {
  const lease = readLease(store);
  const state = holding(store, lease);
  if (lease === undefined || state === "free" || state === "abandoned") return;
  const { rollout, release, step, owner, heartbeat } = lease;
  throw new Problem(
    `${name}: rollout ${rollout} (${release}) is at ${step}, by ${nameOf(owner)}, heard of at ${heartbeat}. Nothing was stopped. ` +
      "Wait for it to end, then: switchback stop. Is it dead? To see: switchback unlock",
  );
}

const stopSeconds = 120;

/** As a step runs the command that reloads: with the same small environment. */
async function run(host: { name: string; directory: string }, [file = "", ...argv]: readonly string[]): Promise<void> {
  const programs = makePrograms({ signal: new AbortController().signal, log: () => undefined, redact: plain });
  const words = [file === "node" ? process.execPath : file, ...argv];
  await programs.exec(words, { cwd: host.directory, timeoutSeconds: stopSeconds }).catch((error: unknown) => {
    throw error instanceof Refusal ? new Problem(`${host.name}: ${error.message}`) : error;
  });
}
