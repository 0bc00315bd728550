import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { commandName, say } from "../say.ts";
import type { State } from "../state.ts";

/** Ends the application on every host. State, releases, data and evidence stay. */
export async function stop(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const activation = (await stack.state())?.activation;
  const stopped: string[] = [];
  for (const host of stack.settings.hosts) {
    if (!existsSync(join(host.directory, "current"))) continue;
    await run(host, stopCommand(activation));
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

async function run(host: { name: string; directory: string }, [file = "", ...argv]: readonly string[]): Promise<void> {
  const result = await execa(file === "node" ? process.execPath : file, argv, {
    cwd: host.directory,
    reject: false,
    all: true,
  });
  if (result.failed) throw new Problem(`${host.name}: ${[file, ...argv].join(" ")} failed\n${result.all}`);
}
