import { defineCheck, fail, pass, reason, unknown } from "../check.ts";
import type { Context } from "../action.ts";
import { type SecretReference, secretSchema } from "../secret.ts";
import { afterCleanUp, type Answer } from "./clean-up.ts";
import { type CsrfCookie, csrfCookieSchema } from "./csrf-cookie.ts";
import { carryOut, type FlowStep, flowStepSchema, type Memory, namesIn } from "./flow-step.ts";
import { type SignIn, signIn, signInSchema } from "./sign-in.ts";
import { newVisitor, type Visitor } from "./visitor.ts";

interface Args {
  readonly address: string;
  readonly ifApplicable?: { readonly path: string; readonly status: number; readonly absent: number } | undefined;
  readonly signIn?: SignIn | undefined;
  readonly csrfCookie?: CsrfCookie | undefined;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly steps: readonly FlowStep[];
  readonly cleanUp: readonly FlowStep[];
  readonly timeoutSeconds: number;
  readonly cleanUpSeconds: number;
}

/**
 * Passes when a chain of requests answers as expected, each with what the ones before have captured: create an order, see
 * it, cancel it. The requests of `cleanUp` are sent whatever happened, but for those that need what was never captured.
 * Fails at the first step that answers otherwise; warns when only the clean-up did not work.
 */
export const flow = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        address: z.url().describe("base address of the application"),
        ifApplicable: z
          .strictObject({
            path: z.string().startsWith("/").describe("a path of the feature"),
            status: z.int().min(100).max(599).describe("its status where the feature is there"),
            absent: z.int().min(400).max(499).default(404).describe("its status where it is not"),
          })
          .refine(({ status, absent }) => status !== absent, "says nothing: both statuses are the same")
          .optional()
          .describe("asked first, by a stranger: a feature that is not there passes. A release that lost it does, too"),
        signIn: signInSchema(z).optional().describe("who signs in first; default: nobody"),
        csrfCookie: csrfCookieSchema(z)
          .optional()
          .describe("the CSRF token, where it is a cookie; default: as in signIn"),
        secrets: z
          .record(z.string().regex(/^[A-Za-z_]\w*$/), secretSchema(z))
          .default({})
          .describe("secrets that the steps use as {name}"),
        steps: z.array(flowStepSchema(z)).min(1).max(30).describe("requests, one after another"),
        cleanUp: z.array(flowStepSchema(z)).max(30).default([]).describe("requests that take back what the steps did"),
        timeoutSeconds: z.number().positive().max(120).default(30).describe("for all steps together"),
        cleanUpSeconds: z.number().positive().max(60).default(10).describe("for the clean-up"),
      })
      .superRefine((args, context) => {
        for (const { at, names } of unknownNames(args))
          context.addIssue({
            code: "custom",
            path: at,
            message: `uses {${names.join("}, {")}}, which nothing before it captures`,
          });
      }),
  async (args, context) => {
    const { address, csrfCookie = args.signIn?.csrfCookie } = args;
    const limit = AbortSignal.timeout(Math.ceil(args.timeoutSeconds * 1000));
    const limits = { signal: AbortSignal.any([context.signal, limit]), timeoutSeconds: args.timeoutSeconds };
    const absent = await isAbsent(newVisitor(address, limits), args.ifApplicable);
    if (absent !== undefined) return absent;

    const visitor = newVisitor(address, limits);
    const way = { visitor, address, csrf: csrfCookie };
    const secrets = Object.fromEntries(
      Object.entries(args.secrets).map(([key, where]) => [key, context.secret(where)]),
    );
    const { answer, memory } = await go(args, { values: secrets, page: "" }, way, context);
    // A signal of its own: the clean-up is what must still be done when the time of the steps is over.
    const last = {
      signal: AbortSignal.timeout(Math.ceil(args.cleanUpSeconds * 1000)),
      timeoutSeconds: args.cleanUpSeconds,
    };
    const left = await cleanUp(args.cleanUp, memory, { ...way, visitor: newVisitor(address, last, visitor.cookies) });
    return afterCleanUp(answer, left);
  },
  { timeoutSeconds: 200 },
);

/** Steps that use names which are not known by then. */
function unknownNames(args: Pick<Args, "steps" | "cleanUp"> & { readonly secrets: object }) {
  const known = new Set(Object.keys(args.secrets));
  return (["steps", "cleanUp"] as const).flatMap((list) =>
    args[list].flatMap((step, index) => {
      const names = namesIn(step).filter((name) => !known.has(name));
      Object.keys(step.capture ?? {}).forEach((name) => known.add(name));
      return names.length === 0 ? [] : [{ at: [list, index], names: [...new Set(names)] }];
    }),
  );
}

async function isAbsent({ visit }: Visitor, asked: Args["ifApplicable"]) {
  if (asked === undefined) return undefined;
  const { status } = await visit(asked.path);
  if (status === asked.absent) return pass(`not applicable: ${asked.path} answered ${status}`);
  return status === asked.status
    ? undefined
    : fail(`${asked.path} answered ${status}, want ${asked.status}, or ${asked.absent} where it is not there`);
}

type Way = Parameters<typeof carryOut>[2];

/** Signs in and goes through the steps until one is wrong. What was captured until then is kept. */
async function go(
  { signIn: who, steps }: Args,
  start: Memory,
  way: Way,
  context: Pick<Context, "secret">,
): Promise<{ answer: Answer; memory: Memory }> {
  let memory = start;
  let doing = "sign in";
  try {
    const refused = who && (await signIn(way.visitor, who, context));
    if (refused !== undefined) return { answer: fail(refused), memory };
    for (const step of steps) {
      doing = step.name;
      const after = await carryOut(step, memory, way);
      memory = after.memory;
      if (after.wrong !== undefined) return { answer: fail(after.wrong), memory };
    }
    return { answer: pass(`${steps.map(({ name }) => name).join(", ")}: all as expected`), memory };
  } catch (error) {
    return { answer: unknown(`${doing}: ${reason(error)}`), memory };
  }
}

/** Returns what could not be cleaned up. One that does not work keeps no other from being tried. */
async function cleanUp(steps: readonly FlowStep[], start: Memory, way: Way): Promise<string[]> {
  const left: string[] = [];
  let memory = start;
  for (const step of steps) {
    const { values } = memory;
    if (!namesIn(step).every((name) => Object.hasOwn(values, name))) continue;
    try {
      const { wrong, memory: after } = await carryOut(step, memory, way);
      memory = after;
      if (wrong !== undefined) left.push(wrong);
    } catch (error) {
      left.push(`${step.name}: ${reason(error)}`);
    }
  }
  return left;
}
