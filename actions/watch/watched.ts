import { readdirSync } from "node:fs";
import { join } from "node:path";
import { digest } from "../../release/digest.ts";
import type { Before, Count } from "../../release/error-rate.ts";
import { inStore } from "../../release/store.ts";
import { type Call, Refusal } from "../action.ts";
import { writeAtomic } from "../files.ts";
import { readJson, type Shape } from "../json-file.ts";

/** What came of watching a release: a file in the evidence of its rollout. */
export interface Watched extends Count {
  readonly rollout: string;
  readonly release: string;
  /** Digest of the source: rates of different sources are not compared. */
  readonly source: string;
  readonly verdict: "pass" | "warn" | "fail" | "unknown";
  readonly seen: string;
  readonly before?: Exclude<Before, undefined>;
  /** Where the source had come to. */
  readonly cursor?: unknown;
  readonly ended: string;
}

const shape: Shape = {
  rollout: "string",
  release: "string",
  source: "string",
  verdict: /^(pass|warn|fail|unknown)$/,
  seen: "string",
  requests: "number",
  errors: "number",
  "before?": { "requests?": "number", "errors?": "number", "rate?": "number" },
  ended: "string",
};

const remedy = "Remove it: it is only what was seen when a release was watched";

const fileName = /^watch(-[0-9a-f]+)?\.json$/;

export const sourceOf = ({ action, args }: Call): string => digest({ action, args });

const notePath = (store: string, rollout: string): string => join(inStore.evidence(store, rollout), "watch-plan.json");

/** Keeps what a source had counted before the switch, for who watches inside of the rollout. */
export function noteBefore(store: string, rollout: string, source: string, before: Count): void {
  writeAtomic(notePath(store, rollout), `${JSON.stringify({ source, before }, undefined, 2)}\n`);
}

/** Undefined when nothing was noted of this source, or nothing that can be read: no release stops over that. */
export function notedBefore(store: string, rollout: string, source: string): Count | undefined {
  const shape = { source: "string", before: { requests: "number", errors: "number" } } as const;
  const noted = readable(() => readJson(notePath(store, rollout), shape, remedy)) as
    { readonly source: string; readonly before: Count } | undefined;
  return noted?.source === source ? noted.before : undefined;
}

export function writeWatched(store: string, name: string, watched: Watched): void {
  writeAtomic(join(inStore.evidence(store, watched.rollout), name), `${JSON.stringify(watched, undefined, 2)}\n`);
}

/** Undefined when it was not watched to an end. Errors: the file is damaged. */
export function readWatched(store: string, rollout: string, name: string): Watched | undefined {
  return readJson(join(inStore.evidence(store, rollout), name), shape, remedy) as Watched | undefined;
}

/** The newest watch of another rollout with this source that has counted something and was not bad. */
export function lastGoodWatch(store: string, source: string, rollout: string): Watched | undefined {
  return foldersIn(join(inStore.evidence(store, "."))).reduce<Watched | undefined>((newest, other) => {
    if (other === rollout) return newest;
    const found = filesOf(store, other).filter(
      (one) => one.source === source && one.requests > 0 && (one.verdict === "pass" || one.verdict === "warn"),
    );
    return found.reduce((last, one) => (last === undefined || one.ended > last.ended ? one : last), newest);
  }, undefined);
}

function filesOf(store: string, rollout: string): Watched[] {
  return foldersIn(inStore.evidence(store, rollout), false)
    .filter((name) => fileName.test(name))
    .flatMap((name) => readable(() => readWatched(store, rollout, name)) ?? []);
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function foldersIn(folder: string, folders = true): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((one) => one.isDirectory() === folders)
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
