import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../actions/action.ts";
import { situationOf } from "../actions/rollout/situation.ts";
import { unpackRecord } from "../actions/rollout/unpack-record.ts";
import { checkRepository, readRelease } from "../actions/source/git.ts";
import { type Plan, planRollout } from "../release/plan.ts";
import { afterOf, type RolloutRecord } from "../release/record.ts";
import { whyNotStore, whyUnusable } from "../runtime/store.ts";
import { type Config, configurationDigest } from "./config.ts";

/** Everything a pipeline must know before it can be written down. */
export interface Planning {
  readonly plan: Plan;
  readonly record: RolloutRecord | undefined;
  readonly configuration: string;
  readonly after: string;
  /** Whether anything is asked for that the last rollout has not done. */
  readonly isNew: boolean;
}

/**
 * Plans the rollout that the configuration asks for, from the stack's own last outputs, the source and the store. Reads
 * only. Errors: there can be no such rollout; the message says why, and what to do.
 */
export async function planRelease(config: Config): Promise<Planning> {
  try {
    const repository = { path: config.source.repository, migrations: config.source.migrations };
    // Side by side, because every preview waits for them.
    const [record, candidate] = await Promise.all([
      lastRecord(),
      checkRepository(repository).then(() => readRelease(repository, config.release)),
    ]);
    const { store } = config.environment;
    const wrong = whyNotStore(store, { id: record?.store, leaving: config.leaveStore ?? "none" });
    if (wrong !== undefined) throw new Refusal(wrong);
    const configuration = configurationDigest(config);
    const { rollbackFrom, again, restore } = config;
    const places = { repository, store, database: config.database.path };
    const situation = await situationOf(places, record, candidate);
    const planned = planRollout({ ...situation, wish: { configuration, rollbackFrom, again, restore } });
    if ("refusal" in planned) throw new Refusal(planned.refusal);
    return { plan: planned.plan, record, configuration, after: afterOf(record), isNew: planned.plan !== record?.plan };
  } catch (error) {
    if (error instanceof Refusal) throw new pulumi.RunError(error.message);
    // A folder that is a file, a disk that cannot be read: not ours, and no use for a stack trace.
    if (error instanceof Error && "syscall" in error) {
      throw new pulumi.RunError(whyUnusable(config.environment.store, error));
    }
    throw error;
  }
}

/** The stack's own last outputs: the state is the memory. Undefined before the first rollout. */
async function lastRecord(): Promise<RolloutRecord | undefined> {
  const own = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const details: { value?: unknown } = await new pulumi.StackReference(own).getOutputDetails("record");
  return details.value === undefined ? undefined : unpackRecord(details.value);
}
