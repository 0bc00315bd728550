import { type Context, defineAction } from "../../action.ts";
import { shorten } from "../../shorten.ts";
import { clearMaintenance } from "./maintenance.ts";
import type { Prepared } from "./prepare.ts";
import { linesSince, logPosition } from "./release-log.ts";
import { type Downtime, sample } from "./sampler.ts";
import { readSettled, servedBefore } from "./settled.ts";
import { settle, type Switch, switchAll, switchBack, switchSchema, whyNotInPlace } from "./switch.ts";

/** What serves after an activation. True whatever was asked for. */
export interface Serving {
  /** `none` when nothing serves: a first release that failed. */
  readonly release: string;
  /** Name of the release's folder on the hosts. */
  readonly folder: string;
  /** The folder that served before, empty for none. */
  readonly before: string;
  readonly reverted: boolean;
  /** Why it was reverted, and the last log lines of the release that failed. */
  readonly why: string;
  /** False when what serves could not be verified either: look at the infrastructure. */
  readonly verified: boolean;
}

/** The same, with what the switch cost those who were online. */
export interface Activated extends Serving {
  readonly downtime: Downtime;
}

/** In bytes. Words about a failure end up in outputs and environments of later steps: enough to read, not more. */
const longestWhy = 3500;

/**
 * Switches all hosts and verifies each; or, when one of them does not serve the release well, takes all of them back.
 * Killed: goes on to its end by itself. A whole machine that dies: the next run looks where it was, leaves hosts in peace
 * that serve already, and decides anew; what had been taken back stays so.
 */
export const activateOnServers = defineAction<Switch, { PREPARED: Prepared }, Activated>(import.meta.url, {
  args: switchSchema,
  survives: true,
  tuning: ["evidence"],
  timeoutSeconds: 1800,
  run: async (args, context) => {
    const { PREPARED: prepared } = context.needs;
    const before = servedBefore(context);
    const positions = args.hosts.map((host) => logPosition(host, args.log));
    const sampler = sample(args.address + args.evidence.version);
    // Where one host cannot follow none begins.
    const wrong =
      whyTakenBack(prepared.folder, context) ||
      whyNotInPlace(args.hosts, prepared.folder) ||
      (await switchAll(args, prepared.folder, context));
    const lines = args.hosts.flatMap((host, index) =>
      linesSince(host, args.log, positions[index] ?? 0, context.release),
    );
    const why = wrong === "" ? "" : shorten([wrong, ...lines].join("\n"), longestWhy);
    if (wrong !== "") context.tell(`${context.release} does not serve well: ${wrong}`);
    const after = wrong === "" ? settle(args, prepared.folder, true, context) : await switchBack(args, before, context);
    const downtime = await sampler.stop();
    if (after.verified) clearMaintenance(args.hosts, context);
    context.tell(`${after.release} serves: ${before === "" ? "nothing did before" : costs(downtime)}`);
    const { release, folder, verified } = after;
    return { release, folder, verified, before, reverted: why !== "", why, downtime };
  },
});

/**
 * Cut off behind its decision, a rollout that has taken a release back is not to put it before people once more. One that
 * has released well, and then builds it in another way, has another folder too: what served before it does not serve.
 */
function whyTakenBack(folder: string, { store, rollout }: Pick<Context, "store" | "rollout">): string {
  const settled = readSettled(store);
  return settled?.rollout === rollout && settled.folder === settled.before && settled.folder !== folder
    ? "this rollout had taken it back already when it was cut off; why stands in the step's log"
    : "";
}

const costs = ({ requests, failed, longestGapMs }: Downtime): string =>
  `${failed} of ${requests} requests failed, longest gap ${longestGapMs} ms`;
