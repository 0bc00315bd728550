/** Hosts in temporary folders, each with a small application that loads what `current` points at when it is told to. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import type { Host, Manifest } from "../../actions/platforms/servers/host.ts";
import type { Switch } from "../../actions/platforms/servers/switch.ts";
import { serve, temporaryFolder } from "./context.ts";

/** How a release behaves on one host. */
export interface Behaviour {
  /** What its health answers once it is loaded. Default: 200. */
  readonly health?: number;
  /** Why it cannot be loaded. Default: it can. */
  readonly refuses?: string;
  /** What it says it is. Default: itself. */
  readonly answers?: object | string;
  /** Lines it logs when it is loaded. Default: none. */
  readonly logs?: readonly string[];
}

export interface TestHost extends Host {
  /** Puts a release in place, as preparing does; returns its folder's name. */
  readonly place: (release: string, behaviour?: Behaviour) => string;
  /** How often the application was told to load. */
  loads: number;
}

type Loaded = Manifest & { readonly behaviour: Behaviour };

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

export const manifestOf = (release: string): Manifest => ({
  ...{ release, artifact: "a".repeat(64) },
  commit: release.replaceAll(/[^0-9]/g, "").padEnd(40, "0"),
});

/** The folder of a host on which nothing was prepared yet. */
export function hostFolder(): string {
  const directory = temporaryFolder();
  mkdirSync(join(directory, "releases"));
  return directory;
}

export async function makeHost(name: string): Promise<TestHost> {
  const directory = join(temporaryFolder(), name);
  mkdirSync(join(directory, "log"), { recursive: true });
  let loaded: Loaded | undefined;
  const load = (response: ServerResponse): void => {
    host.loads++;
    const current = join(directory, "current");
    const next: Loaded = {
      ...(read(join(current, ".switchback.json")) as Manifest),
      behaviour: read(join(current, "behaviour")) as Behaviour,
    };
    for (const line of next.behaviour.logs ?? []) appendFileSync(join(directory, "log", "app.log"), `${line}\n`);
    if (next.behaviour.refuses !== undefined) return void response.writeHead(500).end(next.behaviour.refuses);
    loaded = next;
    response.end();
  };
  const address = await serve((request, response) => {
    if (request.url === "/-/load") load(response);
    else if (!loaded) response.writeHead(503).end();
    else if (request.url === "/health") response.writeHead(loaded.behaviour.health ?? 200).end();
    else if (request.url === "/version") {
      const { release, commit, behaviour } = loaded;
      const answer = behaviour.answers ?? { release, commit };
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    } else response.writeHead(404).end();
  });
  writeFileSync(join(directory, "address"), address);
  const place: TestHost["place"] = (release, behaviour = {}) => {
    const folder = join(directory, "releases", `${release}-f`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".switchback.json"), JSON.stringify(manifestOf(release)));
    writeFileSync(join(folder, "behaviour"), JSON.stringify(behaviour));
    return `${release}-f`;
  };
  const host: TestHost = { name, directory, address, place, loads: 0 };
  return host;
}

const reload = [
  process.execPath,
  "-e",
  "fetch(require('fs').readFileSync('address', 'utf8') + '/-/load').then(async (answer) => { if (!answer.ok) { console.error(await answer.text()); process.exitCode = 1; } })",
];
export const reloadInWords = reload.join(" ");

export function switchOf(hosts: readonly TestHost[]): Switch {
  return {
    hosts: hosts.map(({ name, directory, address }) => ({ name, directory, address })),
    reload,
    evidence: { health: "/health", version: "/version", attempts: 4, steady: 2, intervalSeconds: 0.01 },
    address: hosts[0]?.address ?? "",
    log: "log/app.log",
  };
}

/** What a host's application answers now, and whether its maintenance page is up. */
export async function stateOf(host: TestHost): Promise<[release: unknown, maintenance: boolean]> {
  const answer = await fetch(`${host.address}/version`);
  const release = answer.ok ? ((await answer.json()) as { release: unknown }).release : answer.status;
  return [release, existsSync(join(host.directory, "maintenance.json"))];
}
