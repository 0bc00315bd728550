import { inStore } from "../../../release/store.ts";
import type { Context, Zod } from "../../action.ts";
import { reason } from "../../check.ts";
import { exclusively } from "../../exclusive.ts";
import { Fenced, failuresOf, refuseLower } from "../../fence.ts";
import {
  enterHost,
  type Evidence,
  evidenceSchema,
  type Host,
  hostSchema,
  type Manifest,
  point,
  readManifest,
  reload,
  servesFrom,
  verify,
} from "./host.ts";
import { readSettled, servedBefore, type Settled } from "./settled.ts";

/** What it takes to switch the hosts of an environment from one release to another. */
export interface Switch {
  readonly hosts: readonly Host[];
  /** Command that makes the application load what `current` points at, as words; run in the host's folder. */
  readonly reload: readonly string[];
  readonly evidence: Evidence;
  /** Where customers reach the application; asked all the time during the switch. */
  readonly address: string;
  /** Log file of the application in the host's folder. */
  readonly log: string;
}

export const switchSchema = (z: Zod) =>
  z.strictObject({
    hosts: z.array(hostSchema(z)).min(1),
    reload: z.array(z.string()).min(1),
    evidence: evidenceSchema(z),
    address: z.url(),
    log: z.string().min(1),
  });

export type After = Settled & {
  /** False when it could not be seen to serve. */
  readonly verified: boolean;
};

/**
 * Switches every host to a folder and verifies it there; one that serves from it already, as after a cut, is not told to
 * load it again. Returns what went wrong, in words; empty when all is well.
 * Errors: `Fenced` when a rollout that came later has acted on one of them; what serves is its affair then.
 */
export async function switchAll(args: Switch, folder: string, context: Context): Promise<string> {
  const results = await Promise.allSettled(
    args.hosts.map(async (host) => {
      const { release, commit } = readManifest(host, folder);
      if (await servesFrom(host, folder, args.evidence, context)) {
        enterHost(host, context);
        context.tell(`${host.name}: ${release} serves already`);
        return;
      }
      context.tell(`${host.name}: switching to ${release}`);
      point(host, folder, context);
      await reload(host, args.reload, context);
      await verify(host, { release, commit }, args.evidence, context);
    }),
  );
  return failuresOf(results).join("\n");
}

/** Why hosts cannot be switched to a folder, in words; empty when it is in place on all of them. */
export const whyNotInPlace = (hosts: readonly Host[], folder: string): string =>
  hosts
    .flatMap((host) => {
      try {
        readManifest(host, folder);
        return [];
      } catch (error) {
        return [reason(error)];
      }
    })
    .join("\n");

/**
 * What serves once all hosts run the release in `folder`, remembered in the store. Not verified: a host may be lost, and
 * what is true of the others is recorded all the same. Errors: `Fenced`, also where one that came later has settled.
 */
export function settle({ hosts }: Switch, folder: string, verified: boolean, context: Context): After {
  enterHosts(hosts, verified, context);
  const { rollout, store } = context;
  const fencing = context.fencing.number;
  const path = inStore.settled(store);
  const manifest = manifestOf(hosts, folder, context);
  return exclusively(`${path}.lock`, ({ write }) => {
    const last = readSettled(store);
    if (last) refuseLower("the store", { ...last, number: last.fencing ?? 0 }, fencing);
    const settled: Settled = { ...manifest, folder, rollout, before: servedBefore(context), fencing };
    write(path, JSON.stringify(settled));
    return { ...settled, verified };
  });
}

function enterHosts(hosts: readonly Host[], all: boolean, context: Context): void {
  for (const host of hosts) {
    try {
      enterHost(host, context);
    } catch (error) {
      if (all || error instanceof Fenced) throw error;
    }
  }
}

/** As a host has it that is there; where none is, as the last activation has left it. */
function manifestOf(hosts: readonly Host[], folder: string, { store }: Context): Manifest {
  const [first] = hosts;
  if (!first) throw new Error("an environment has at least one host");
  const host = hosts.find((one) => whyNotInPlace([one], folder) === "");
  const settled = readSettled(store);
  if (host || settled?.folder !== folder) return readManifest(host ?? first, folder);
  const { release, commit, artifact } = settled;
  return { release, commit, artifact };
}

/** Takes all hosts back to a folder that served before; empty for none. Returns what serves then. Errors: `Fenced`. */
export async function switchBack(args: Switch, folder: string, context: Context): Promise<After> {
  if (folder === "") {
    enterHosts(args.hosts, false, context);
    context.tell("there is no earlier release to go back to");
    const { rollout } = context;
    return { release: "none", commit: "", artifact: "", folder: "", rollout, before: "", verified: false };
  }
  const wrong = await switchAll(args, folder, context);
  const after = settle(args, folder, wrong === "", context);
  if (wrong !== "") context.tell(`${after.release} does not serve well either, look at the infrastructure: ${wrong}`);
  return after;
}
