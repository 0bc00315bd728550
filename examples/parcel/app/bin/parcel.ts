/** The command of the application; its working directory is the host's folder, which holds `current`. */
import { messageOf } from "../host/log.ts";

const host = process.cwd();
const [command = "", ...rest] = process.argv.slice(2);

/** By what follows `node current/bin/parcel.ts`. Each loads what it needs and no more. */
const commands: Readonly<Record<string, (first: string, second: string) => number | Promise<number>>> = {
  reload: async () => print(await (await import("../supervisor/reload.ts")).reload(host)),
  status: async () => {
    const status = await (await import("../supervisor/status.ts")).currentStatus(host);
    print(status);
    return status.supervisor === null ? 3 : 0;
  },
  stop: async () => {
    await (await import("../supervisor/stop.ts")).stop(host);
    return 0;
  },
  "routes --json": async () => print((await import("./inspect.ts")).listRoutes()),
  "probe-queue ID": async (id) => print((await import("./inspect.ts")).probeQueue(id)),
  "probe-queue-result ID": async (id) => print((await import("./inspect.ts")).probeQueueResult(id)),
  "cache write KEY VALUE": async (key, value) => (await import("./inspect.ts")).write(key, value),
  "cache read KEY": async (key) => (await import("./inspect.ts")).read(key),
  "cache clear KEY": async (key) => (await import("./inspect.ts")).clear(key),
};

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`parcel: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const words = [command, ...rest];
  const found = Object.entries(commands).find(([usage]) => fits(usage.split(" "), words));
  if (!found) throw new Error(`usage: node current/bin/parcel.ts ${Object.keys(commands).join(" | ")}`);
  const [usage, work] = found;
  const [first = "", second = ""] = words.filter((_, index) => isArgument(usage.split(" ")[index] ?? ""));
  return work(first, second);
}

function fits(usage: readonly string[], words: readonly string[]): boolean {
  return usage.length === words.length && usage.every((word, index) => isArgument(word) || word === words[index]);
}

function isArgument(word: string): boolean {
  return word === word.toUpperCase();
}

function print(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`);
  return 0;
}
