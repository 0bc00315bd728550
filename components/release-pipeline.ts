import * as pulumi from "@pulumi/pulumi";
import type { Call } from "../actions/action.ts";
import type { Decision } from "../actions/rollout/decide.ts";
import type { Plan } from "../release/plan.ts";
import type { TermsInput } from "../actions/watch/terms.ts";
import { leftAfter, packRecord, type PackedRecord, type RolloutRecord } from "../release/record.ts";
import { describeWayBack } from "../release/summary.ts";
import { Activation } from "./activation.ts";
import { Backup, type BackupProof } from "./backup.ts";
import { Build } from "./build.ts";
import { checksOf, close, type Closing, lastOf } from "./closing.ts";
import type { Environment } from "./environment.ts";
import type { Planning } from "./planning.ts";
import { strayRules } from "./policies.ts";
import { Preflight } from "./preflight.ts";
import { Prepare } from "./prepare.ts";
import type { Checks } from "./question.ts";
import { tellReviewer } from "./review.ts";
import { Rollout } from "./rollout.ts";
import { Schema } from "./schema.ts";
import type { Platform } from "./servers.ts";
import { Smoke } from "./smoke.ts";
import { Watch } from "./watch.ts";
import type { MigrationTool } from "./sql-files.ts";
import type { Database } from "./sqlite.ts";

export interface ReleasePipelineArgs extends Closing {
  readonly environment: Environment;
  readonly planning: Planning;
  readonly platform: Platform;
  readonly database: Database;
  readonly migrations: MigrationTool;
  /** Commands that make the artifact, each as words. Default: none. */
  readonly build?: readonly (readonly string[])[];
  /** What must hold before anything is changed. */
  readonly preflight: Checks;
  /** What is looked at when the release serves. */
  readonly smoke: Checks;
  /** Secrets that the smoke checks need. Default: none. */
  readonly smokeSecrets?: readonly string[];
  /** What `switchback watch` watches after the update. Default: nothing. */
  readonly watch?: TermsInput;
  /** In the place of a backup: see `withoutBackup`. Default: a backup, proven. */
  readonly backup?: BackupProof;
}

/**
 * One release, in the usual order: look, build, prepare, back up, schema, switch, schema, look, decide. The components
 * can be put together otherwise; what they ask of each other keeps the order safe. A rollback is one of an earlier release.
 * Killed inside: see each component (docs/what-happens-when.md); run the same command again: it goes on where it was.
 */
export class ReleasePipeline extends pulumi.ComponentResource {
  /** The release that serves. Like the other outputs it hangs on no gate: a failed update says the truth too. */
  readonly serving: pulumi.Output<string>;
  readonly asked: string;
  readonly rollout: pulumi.Output<string>;
  readonly wayBack: pulumi.Output<{ readonly how: string; readonly command: string }>;
  /** What the next rollout starts from. */
  readonly record: pulumi.Output<PackedRecord>;

  constructor(name: string, args: ReleasePipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environment, planning, platform, database, migrations } = args;
    const { plan } = planning;
    const { config } = environment;
    super("switchback:index:ReleasePipeline", name, { release: plan.release, hosts: platform.hosts }, opts);
    const inside = { parent: this };
    const checks = new Set([...Object.keys(args.preflight), ...Object.keys(args.smoke), ...checksOf(args)]);
    const stray = strayRules([...checks], config);
    if (stray.length > 0) throw new pulumi.RunError(stray.join("\n"));
    const opened = new Rollout(`${name}-rollout`, { environment, ...planning }, inside);
    const { scope } = opened;
    if (pulumi.runtime.isDryRun()) void tellReviewer(this, { planning, platform, preflight: args.preflight, config });
    const preflight = new Preflight(`${name}-preflight`, { environment, scope, checks: args.preflight }, inside);
    const { repository } = config.source;
    const source = { repository, commit: plan.commit, ...(args.build ? { commands: args.build } : {}) };
    const artifact = new Build(`${name}-build`, { scope, preflight: preflight.proof, ...source }, inside).proof;
    const prepared = new Prepare(`${name}-prepare`, { environment, scope, artifact, platform }, inside).proof;
    const backup =
      args.backup ?? new Backup(`${name}-backup`, { scope, database, prepared, serving: plan.from }, inside).proof;
    const schema = { environment, scope, database, migrations, platform, prepared, backup };
    const before = new Schema(`${name}-schema-before`, { ...schema, work: plan.before }, inside).proof;
    const secrets = args.smokeSecrets ?? [];
    const watch = args.watch && new Watch(`${name}-watch`, { scope, schema: before, terms: args.watch }, inside).proof;
    const activation = new Activation(
      `${name}-activation`,
      { scope, platform, prepared, schema: before, watch },
      inside,
    );
    const serving = activation.proof;
    const after = new Schema(`${name}-schema-after`, { ...schema, work: plan.after, serving }, inside).proof;
    const smoke = new Smoke(
      `${name}-smoke`,
      {
        ...{
          environment,
          scope,
          platform,
          serving,
          backup,
          schema: after,
          from: plan.direction === "forward" ? plan.from : "none",
        },
        ...takingBack(plan, platform, database, migrations),
        ...{ checks: args.smoke, secrets, last: lastOf(args, plan, config) === "smoke" },
      },
      inside,
    );
    const go = { artifact, prepared, backup, go: smoke.proof };
    close(name, { ...args, ...go, scope, plan, secrets }, inside);
    this.asked = plan.release;
    this.rollout = scope.rollout;
    this.serving = smoke.decision.apply((decision) => decision.serving);
    const record = pulumi
      .all([scope.rollout, opened.store, smoke.decision])
      .apply(([rollout, store, decision]) => recordOf(planning, rollout, store, decision));
    this.record = record.apply(packRecord);
    this.wayBack = record.apply(wayBackOf);
    this.registerOutputs({ serving: this.serving, asked: this.asked, rollout: this.rollout });
  }
}

/**
 * What takes a release back by itself, code and schema together: the mirror of how it came. A release one goes back to is
 * not taken back again: when both are not well, the fault is elsewhere.
 */
function takingBack(
  plan: Plan,
  platform: Platform,
  database: Database,
  migrations: MigrationTool,
): { back: readonly Call[]; rest: readonly Call[] } {
  if (plan.direction !== "forward") return { back: [], rest: [] };
  const down = (revisions: readonly string[]): Call[] => (revisions.length > 0 ? [migrations.down(revisions)] : []);
  const restore = plan.wayBack === "restore" ? [database.restore(platform.beginMaintenance)] : down(plan.undo.before);
  const rest = plan.wayBack === "restore" ? [] : down(plan.undo.after);
  if (plan.wayBack === "none") return { back: [], rest: [] };
  return { back: [...restore, platform.goBack, ...rest], rest };
}

function recordOf(
  { plan, record, configuration, after }: Planning,
  rollout: string,
  store: string,
  { decision, serving }: Decision,
): RolloutRecord {
  const ended = ({ go: "good", stays: "stays", reverted: "bad" } as const)[decision];
  const left = leftAfter(record, plan, rollout, serving);
  return { rollout, store, after, asked: plan.release, configuration, serving, ended, left, plan };
}

function wayBackOf({ plan, serving, asked }: RolloutRecord): { how: string; command: string } {
  if (plan.from === "none") return { how: "there is no other release to go back to", command: "" };
  // What served before what serves now is not this plan's affair: the command finds it in the ledger.
  if (serving !== asked || plan.from === asked)
    return { how: "to the release that served before", command: "switchback rollback" };
  // What a person went back from is not gone back to: it is released again, on purpose.
  const command =
    plan.direction === "back" ? `switchback up --release ${plan.from} --again` : `switchback rollback ${plan.from}`;
  return { how: describeWayBack(plan), command };
}
