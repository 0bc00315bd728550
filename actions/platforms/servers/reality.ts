import { existsSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../action.ts";
import { reason } from "../../check.ts";
import { plain } from "../../plain.ts";
import { shorten } from "../../shorten.ts";
import { currentOf, readManifest } from "./host.ts";
import { readSettled } from "./settled.ts";

/** Where to look, and whom to ask. */
export interface Places {
  readonly hosts: readonly { readonly name: string; readonly directory: string; readonly address: string }[];
  readonly address: string;
  /** `version`: the path that answers JSON with `release` and `commit`. */
  readonly evidence: { readonly version: string };
}

/** What somebody who asks is answered. */
export interface Answer {
  readonly release?: string;
  readonly commit?: string;
  /** Why there is no release to be told. */
  readonly wrong?: string;
}

export interface HostReality extends Answer {
  readonly name: string;
  readonly address: string;
  /** The release that `current` points at. */
  readonly current: string;
}

/** What really serves, whatever anybody believes. */
export interface Reality {
  readonly address: Answer;
  readonly hosts: readonly HostReality[];
  /** What the last activation left serving, as the environment itself remembers it. */
  readonly settled: string;
}

export async function look({ hosts, address, evidence }: Places, store: string): Promise<Reality> {
  const [answer, ...answers] = await Promise.all(
    [address, ...hosts.map((host) => host.address)].map((one) => ask(one + evidence.version)),
  );
  return {
    address: answer ?? {},
    hosts: hosts.map((host, index) => ({
      name: host.name,
      address: host.address,
      current: pointsAt(host),
      ...answers[index],
    })),
    settled: readable(() => readSettled(store)?.release ?? "none"),
  };
}

/** What does not fit the release that is said to serve, in words; empty when all agrees. */
export function disagreements(serving: string, { address, hosts, settled }: Reality): string[] {
  const places = [{ name: "the address", current: serving, ...address }, ...hosts];
  return [
    ...places.flatMap(({ name, release, wrong, current }) => [
      ...(wrong === undefined && release === serving
        ? []
        : [`${name}: ${wrong ?? `${String(release)} answers, not ${serving}`}`]),
      ...(current === serving ? [] : [`${name}: current points at ${current}, not ${serving}`]),
    ]),
    ...(settled === serving ? [] : [`the store: the last activation left ${settled}, not ${serving}`]),
  ];
}

/** Who asks what serves wants the rest of the answer, whatever is damaged. */
function readable(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return `nothing that can be read (${error.message})`;
    throw error;
  }
}

function pointsAt(host: { name: string; directory: string; address: string }): string {
  try {
    const folder = currentOf(host);
    if (folder === undefined) return "nothing";
    if (!existsSync(join(host.directory, "current"))) return `${folder}, which is gone`;
    return readable(() => readManifest(host, folder).release);
  } catch (error) {
    return `something else (${reason(error)})`;
  }
}

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { connection: "close" },
      signal: AbortSignal.timeout(5000),
    });
    if (response.status !== 200) return { wrong: `answers ${response.status}` };
    const { release, commit } = ((await response.json()) ?? {}) as { release?: unknown; commit?: unknown };
    return { release: shown(release), commit: shown(commit) };
  } catch (error) {
    return { wrong: `no answer (${reason(error)})` };
  }
}

const shown = (answer: unknown): string => shorten(plain(String(answer)), 200);
