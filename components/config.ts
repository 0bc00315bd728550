import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { digest } from "../release/digest.ts";
import { keepStackTracesCheap } from "./stack-traces.ts";
import { explainMistakes } from "./config-mistakes.ts";
import { policiesSchema, waiversSchema } from "./policies.ts";
import { contradictions } from "./contradictions.ts";

/** A line of text. Nobody sees a control character, and the system ends a path at the first NUL. */
const text = z
  .string()
  .min(1)
  .regex(/^\P{Cc}*$/u, "holds a control character: take it out");
const value = z.string().regex(/^(\P{Cc}|[\t\r\n])*$/u, "holds a control character: take it out");
const name = z.string().regex(/^[A-Z][A-Z0-9_]*$/);
const variables = z.record(name, value);
const secrets = z.record(name, value.min(1, "is empty: set it, or take it out"));
const positive = z.number().positive();

/** Where something answers: paths are put behind it, and whoever sees a preview sees it. */
const address = z
  .url({ abort: true })
  .refine((url) => /^https?:/i.test(url), "must begin with http:// or https://")
  .refine((url) => !/[?#]/.test(url) && !url.endsWith("/"), "must end without a slash and hold no ? or #")
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, "must hold no name and no password");

/** For the new release, and for the old one after it, within the limit of an activation. */
const longestWaitSeconds = 600;

/** Everything that can be configured, all of it under `switchback:`. Unknown keys are mistakes. */
export const configSchema = z
  .strictObject({
    release: z
      .string()
      .max(200)
      .regex(
        /^[\p{L}\p{N}][\p{L}\p{N}._+@=-]*$/u,
        "must be a tag of letters, digits and . _ + @ = - only: folders and commands are named after it",
      )
      .describe("the tag to release, such as v1.2.0"),
    rollbackFrom: text.optional().describe("the release that serves, to go back from it on purpose"),
    again: text.optional().describe("the last rollout's id, to do it once more"),
    restore: text.optional().describe("the backup whose restoration is agreed to, with the loss of what came after"),
    leaveStore: text
      .optional()
      .describe(
        "id of the store that is left behind for another one, with all that it holds; or of one that was put back from an earlier copy, to go on with that",
      ),
    environment: z
      .strictObject({
        address: address.describe("where customers reach the application, such as http://127.0.0.1:4180"),
        hosts: z
          .array(
            z.strictObject({
              name: z
                .string()
                .regex(/^[a-z0-9][a-z0-9-]*$/)
                .describe("a short name, such as web-1"),
              directory: text.describe("the folder that holds releases/ and current"),
              address: address.optional().describe("where this host alone answers; default: environment.address"),
              variables: variables.default({}).describe("application variables of this host alone"),
            }),
          )
          .min(1)
          .describe("the machines that serve"),
        store: text.describe("the folder for artifacts, backups, ledger and evidence"),
        maintenance: z
          .strictObject({
            minutes: positive.max(10_080).default(30).describe("after so many minutes the page comes down by itself"),
            message: value.min(1).default("We are back in a few minutes.").describe("what customers read"),
          })
          .prefault({})
          .describe("the maintenance page"),
        contacts: z.array(text).default([]).describe("whom to call"),
      })
      .describe("where releases run"),
    source: z
      .strictObject({
        repository: text.describe("the application's git repository"),
        migrations: text.default("migrations").describe("the folder of migrations in it"),
      })
      .describe("where releases come from"),
    database: z.strictObject({ path: text.describe("the SQLite file") }).describe("the application's database"),
    application: z
      .strictObject({
        variables: variables.default({}).describe("the application's configuration"),
        secrets: secrets.default({}).describe("the same, kept secret: pulumi config set --secret --path"),
      })
      .prefault({})
      .describe("what the application is told"),
    checks: z
      .strictObject({
        attempts: z.int().min(1).default(20).describe("times to ask a host whether it is well"),
        intervalSeconds: z.number().min(0.05).default(0.25).describe("seconds between two of them"),
        steady: z.int().min(1).default(4).describe("good answers in a row that are wanted"),
        timeoutSeconds: positive.max(300).default(10).describe("seconds a request may take"),
        freeMegabytes: z.int().min(1).max(1_000_000_000).default(200).describe("free space the store must have"),
      })
      .refine((checks) => checks.steady <= checks.attempts, {
        message: "steady is more than attempts: no release could pass",
        path: ["steady"],
      })
      .refine((checks) => checks.attempts * checks.intervalSeconds <= longestWaitSeconds, {
        message: "attempts times intervalSeconds is more than 10 minutes: a switch must have time left to go back",
        path: ["attempts"],
      })
      .prefault({})
      .describe("thresholds and patience"),
    policies: policiesSchema,
    waivers: waiversSchema,
  })
  .superRefine((config, context) => {
    for (const { path, message } of contradictions(config)) context.addIssue({ code: "custom", path, message });
  });

export type Config = z.output<typeof configSchema>;

const namespace = "switchback";

/** Reads the stack's configuration. Errors: every mistake at once, each with its path and the way out. */
export function loadConfig(): Config {
  keepStackTracesCheap();
  const found = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(`${namespace}:`))
      .map(([key, text]) => [key.slice(namespace.length + 1), valueOf(text)]),
  );
  const result = configSchema.safeParse(found);
  if (result.success) return result.data;
  throw new pulumi.RunError(explainMistakes(`Pulumi.${pulumi.getStack()}.yaml`, configSchema, result.error));
}

/** Pulumi hands objects on as JSON text, and a plain text as it is. */
function valueOf(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * What the application is told: a change of it makes a new rollout. Everything else is about the pipeline (time limits,
 * thresholds, policies, contacts, the maintenance page) and changes none.
 */
export const makesRollout = [
  "release",
  "environment.address",
  "environment.hosts",
  "database",
  "application.variables",
  "application.secrets",
] as const;

/** Digest of what the application is told, secrets left out: `Rollout` keeps theirs as a secret. */
export function configurationDigest({ environment, database, application }: Config): string {
  const { address, hosts } = environment;
  return digest({ address, hosts, database, variables: application.variables });
}
