import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../release/plan.ts";
import type { BackupProof } from "./backup.ts";
import type { ArtifactProof } from "./build.ts";
import { Certification } from "./certification.ts";
import type { Config } from "./config.ts";
import type { Environment } from "./environment.ts";
import type { PreparedProof } from "./prepare.ts";
import type { Checks } from "./question.ts";
import { canRehearse, Rehearsal } from "./rehearsal.ts";
import type { Platform } from "./servers.ts";
import { SignOff } from "./sign-off.ts";
import type { GoProof } from "./smoke.ts";
import type { MigrationTool } from "./sql-files.ts";
import type { Scope } from "./step.ts";

/** What may follow when a release serves and is well. */
export interface Closing {
  /** What is looked at while the release's migrations are taken down and up again, and after. Default: they are not. */
  readonly rehearsal?: { readonly between: Checks; readonly after: Checks };
  /** What a certificate says of the release. Default: none is written. */
  readonly certification?: { readonly checks: Checks; readonly workOrder?: string };
}

/** Names of all checks that follow. */
export const checksOf = ({ rehearsal, certification }: Closing): string[] =>
  [rehearsal?.between, rehearsal?.after, certification?.checks].flatMap((checks) => Object.keys(checks ?? {}));

type Last = "smoke" | "rehearsal" | "certification" | "sign-off";

/** Which part of a release ends its rollout. */
export function lastOf({ rehearsal, certification }: Closing, plan: Plan, { policies }: Config): Last {
  if (policies.signOff === "policy") return "sign-off";
  if (certification) return "certification";
  return rehearsal && canRehearse(plan) ? "rehearsal" : "smoke";
}

interface Closed extends Closing {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly plan: Plan;
  readonly platform: Platform;
  readonly migrations: MigrationTool;
  readonly artifact: ArtifactProof;
  readonly prepared: PreparedProof;
  readonly backup: BackupProof;
  readonly go: GoProof;
  readonly secrets: readonly string[];
}

/** Rehearses, certifies and signs off, as far as it is asked for, in this order. */
export function close(name: string, args: Closed, inside: pulumi.ComponentResourceOptions): void {
  const { rehearsal, certification, go, ...common } = args;
  const last = lastOf(args, common.plan, common.environment.config);
  const rehearsed =
    rehearsal && canRehearse(common.plan)
      ? new Rehearsal(`${name}-rehearsal`, { ...common, ...rehearsal, go, last: last === "rehearsal" }, inside).proof
      : go;
  const certified = certification
    ? new Certification(
        `${name}-certification`,
        { ...common, ...certification, go: rehearsed, last: last === "certification" },
        inside,
      ).proof
    : rehearsed;
  const { scope, artifact } = common;
  if (last === "sign-off") new SignOff(`${name}-sign-off`, { scope, go: certified, artifact }, inside);
}
