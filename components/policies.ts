import * as z from "zod";
import type { Rule } from "../release/gate.ts";

const effect = z.enum(["block", "allow"]);
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, "holds a control character: take it out");

export const policiesSchema = z
  .strictObject({
    revert: z.boolean().default(true).describe("take a release back by itself when its checks fail"),
    unknown: effect.default("block").describe("what a check that cannot tell does"),
    warn: effect.default("allow").describe("what a check beyond its target does"),
    checks: z
      .record(
        z.string().min(1),
        z.strictObject({
          fail: effect.exactOptional(),
          unknown: effect.exactOptional(),
          warn: effect.exactOptional(),
          noGo: z.boolean().exactOptional(),
        }),
      )
      .default({})
      .describe("the same for single checks, by name: fail, unknown, warn; noGo: true for what nobody can waive"),
    attempts: z.int().min(1).max(100).default(3).describe("times that a gate asks a check that does not pass"),
    pauseSeconds: z.number().min(0).max(300).default(1).describe("seconds between two of them"),
    unknownSeconds: z
      .number()
      .min(0)
      .max(600)
      .default(15)
      .describe("seconds for which a gate asks a check again that cannot tell"),
    freshSeconds: z.number().min(1).max(86_400).default(600).describe("a gate asks again what passed longer ago"),
    signOff: z.enum(["policy", "person"]).default("policy").describe("who records the final GO"),
  })
  .prefault({})
  .superRefine(({ checks }, context) => {
    for (const [name, { fail, noGo }] of Object.entries(checks)) {
      if (noGo && fail === "allow") {
        const message = "allows what is a no-go trigger: take out one of the two";
        context.addIssue({ code: "custom", path: ["checks", name], message });
      }
    }
  })
  .describe("who decides what");

export const waiversSchema = z
  .array(
    z.strictObject({
      check: z.string().min(1).describe("name of the check that may fail, or not be able to tell"),
      release: z.string().min(1).describe("the one release for which it may"),
      reason: line.describe("why; it stands in the evidence"),
      by: line.describe("who answers for it; stands in the evidence, too"),
    }),
  )
  .default([])
  .describe("what passes a gate although it does not pass its check");

type Policies = z.output<typeof policiesSchema>;
type Waivers = z.output<typeof waiversSchema>;

/** What the answers of the check with this name mean to a gate that judges `release`. */
export function ruleFor(
  name: string,
  release: string,
  { policies, waivers }: { readonly policies: Policies; readonly waivers: Waivers },
): Rule {
  const { noGo, ...own } = policies.checks[name] ?? {};
  const effects = { fail: "block", unknown: policies.unknown, warn: policies.warn, ...own };
  const waiver = waivers.find((one) => one.check === name && one.release === release);
  return {
    blocks: (["fail", "unknown", "warn"] as const).filter((answer) => effects[answer] === "block"),
    ...(noGo ? { noGo } : {}),
    ...(waiver ? { waiver: { reason: waiver.reason, by: waiver.by } } : {}),
  };
}

/** What is wrong with policies and waivers for a pipeline with these checks; empty for nothing. */
export function strayRules(
  names: readonly string[],
  { policies, waivers }: { readonly policies: Policies; readonly waivers: Waivers },
): string[] {
  const known = `The pipeline's checks are: ${names.join(", ")}`;
  return [
    ...Object.keys(policies.checks)
      .filter((name) => !names.includes(name))
      .map((name) => `switchback:policies: checks.${name}: there is no such check. ${known}`),
    ...waivers.flatMap(({ check }, index) => {
      const at = `switchback:waivers: [${index}].check: ${check}`;
      if (!names.includes(check)) return [`${at}: there is no such check. ${known}`];
      return policies.checks[check]?.noGo ? [`${at} is a no-go trigger: it cannot be waived`] : [];
    }),
  ];
}
