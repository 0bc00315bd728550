/** Sends requests until its input ends, from a process of its own, then prints what became of them as one line of JSON.
 * Arguments: base URL, "keep-alive" or "close", connections, cookie, paths. Nothing is tried twice. */
import { Agent, get } from "node:http";

export interface LoadResult {
  readonly requests: number;
  readonly failures: readonly string[];
  /** How many answers came from each release, as far as they say. */
  readonly releases: Readonly<Record<string, number>>;
}

const [url = "", mode = "", connections = "", cookie = "", ...paths] = process.argv.slice(2);
const agent = new Agent({ keepAlive: mode === "keep-alive", maxSockets: Number(connections) });
/** So many answers of one release are told at once: a test goes on when it has seen them, however slow the machine. */
const enough = 101;
const failures: string[] = [];
const releases: Record<string, number> = {};
let requests = 0;
let ending = false;

process.stdin.on("end", () => (ending = true)).resume();
process.stdout.write("started\n");
await Promise.all(Array.from({ length: Number(connections) }, keepAsking));
agent.destroy();
process.stdout.write(`${JSON.stringify({ requests, failures, releases } satisfies LoadResult)}\n`);

async function keepAsking(): Promise<void> {
  while (!ending) {
    const path = paths[requests % paths.length] ?? "/";
    requests += 1;
    await ask(path).catch((error: unknown) => failures.push(`${path}: ${String(error)}`));
  }
}

function ask(path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const request = get(new URL(path, url), { agent, timeout: 10_000, headers: { cookie } }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("error", reject);
    response.on("end", () => {
      const release = /"release":"([^"]+)"|<b>(v[^<]+)<\/b>/.exec(text);
      const name = release?.[1] ?? release?.[2] ?? "unknown";
      releases[name] = (releases[name] ?? 0) + 1;
      if (releases[name] === enough) process.stdout.write(`enough of ${name}\n`);
      if (response.statusCode === 200 && response.complete) resolve(undefined);
      else reject(new Error(`status ${response.statusCode ?? 0}`));
    });
  });
  request.on("timeout", () => request.destroy(new Error("no answer within 10 s")));
  request.on("error", reject);
  return promise;
}
