// What `npm start` runs: a first release of the sample application to the staging environment of this machine. Run again,
// it says what serves, or brings it up again.
import { createServer } from "node:net";
import { release } from "../../cli/commands/up.ts";
import { explain } from "../../cli/main.ts";
import { openStack } from "../../cli/open.ts";
import { Problem } from "../../cli/problem.ts";
import { disagreements, look } from "../../actions/platforms/servers/reality.ts";
import { commandName, note, paint, say, table } from "../../cli/say.ts";
import type { Stack } from "../../cli/stack.ts";
import { makeRepository } from "./repository.ts";

try {
  process.exitCode = await start();
} catch (error) {
  process.exitCode = explain(error);
}

async function start(): Promise<number> {
  const options = { stack: "staging", yes: true };
  const stack = openStack(options);
  const { repository, address } = stack.settings;
  await makeRepository(repository.path);
  const found = await situationOf(stack);
  if (found.kind === "serves") {
    say(`${paint("green", "✓")} ${paint("bold", `${found.release} serves already at ${address}`)}`);
    sayWhatNext(found.release);
    return 0;
  }
  if (found.kind === "new") await wantFreePort(address);
  if (found.kind === "stopped") note(`${found.release} does not serve any more: bringing it up again`);
  const code = await release(stack, { ...options, again: found.kind === "stopped" });
  if (code === 0) sayWhatNext(stack.file.release ?? "");
  return code;
}

type Situation = { kind: "new" } | { kind: "unfinished" } | { kind: "serves" | "stopped"; release: string };

async function situationOf(stack: Stack): Promise<Situation> {
  const { record, activation } = (await stack.state()) ?? {};
  if (record === undefined || activation === undefined || record.serving === "none") return { kind: "new" };
  const wrong = disagreements(record.serving, await look(activation, stack.settings.store));
  if (wrong.length === 0) return { kind: "serves", release: record.serving };
  return record.ended === "bad" ? { kind: "unfinished" } : { kind: "stopped", release: record.serving };
}

/** Before anything is done: later it would look as if the application did not start. */
async function wantFreePort(address: string): Promise<void> {
  const { hostname, port } = new URL(address);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(Number(port), hostname, resolve);
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Problem(
      `port ${port}: another program uses it. End that one, or give this one another port: in Pulumi.staging.yaml, at address and PORT.`,
    );
  });
  await new Promise((resolve) => server.close(resolve));
}

function sayWhatNext(serving: string): void {
  const name = commandName();
  const tries: [string, string][] =
    serving === "v1.0.0"
      ? [
          ["release the next version", `${name} up --release v1.1.0`],
          ["a broken one goes back by itself", `${name} up --release v1.3.0-broken`],
          ["then go back by hand", `${name} rollback v1.0.0`],
        ]
      : [
          ["see what serves, and since when", `${name} status && ${name} history`],
          ["a broken one goes back by itself", `${name} up --release v1.3.0-broken`],
          ["go back by hand", `${name} rollback`],
        ];
  say();
  say("Try next:");
  for (const line of table(tries)) say(line);
}
