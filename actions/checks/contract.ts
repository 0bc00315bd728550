import { inStore } from "../../release/store.ts";
import type { Context } from "../action.ts";
import { defineCheck, fail, pass, warn } from "../check.ts";
import { writeAtomic } from "../files.ts";
import { readJson } from "../json-file.ts";
import { type Contract, differences, isAllowed, observe } from "./observed.ts";
import { patternSchema } from "./pattern.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

/**
 * Passes when the answers to `requests` (status, redirect target, headers, cookies, flash message) are those that the
 * release before gave, or this release itself the last time; fails with every difference that is not `allowed`. Warns
 * where nothing is recorded yet. What passes is recorded in the store, for the next release.
 */
export const contract = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      address: z.url().describe("base address of the application"),
      requests: z
        .array(
          z.strictObject({
            method: z.enum(["GET", "HEAD", "POST"]).default("GET").describe("HTTP method"),
            path: z.string().startsWith("/").describe("path, with its query"),
            form: z.record(z.string(), z.string()).optional().describe("fields to send, hidden ones are added"),
            flash: patternSchema(z)
              .optional()
              .describe("pattern whose first group is the flash message, on this page or the one it redirects to"),
          }),
        )
        .min(1, "compares nothing, so it would always pass: name a request")
        .describe("what is asked, in this order, by one visitor"),
      headers: z
        .array(z.string().regex(/^[\w-]+$/))
        .default(["content-type", "cache-control", "content-security-policy", "x-frame-options"])
        .describe("headers that belong to the contract"),
      before: z.string().min(1).describe("the release that served before: planning.plan.from"),
      allowed: z
        .array(
          z.strictObject({
            request: z.string().min(1).describe("such as GET /login"),
            what: z.string().min(1).describe("status, location, cookies, flash, or header NAME"),
          }),
        )
        .default([])
        .describe("differences that this release is meant to bring"),
      user: signInSchema(z).optional().describe("who signs in first; default: nobody"),
      timeoutSeconds: z.number().positive().max(300).default(10).describe("seconds a request may take"),
    }),
  async (args, context) => {
    const visitor = newVisitor(args.address, { signal: context.signal, timeoutSeconds: args.timeoutSeconds });
    const refused = args.user && (await signIn(visitor, args.user, context));
    if (refused !== undefined) return fail(refused);
    const now: Contract = {};
    for (const request of args.requests)
      now[`${request.method} ${request.path}`] = await observe(visitor, request, args.headers);
    context.keep("contract.json", `${JSON.stringify(now, undefined, 2)}\n`);
    return judge(now, args, context);
  },
);

interface Compared {
  readonly before: string;
  readonly allowed: readonly { readonly request: string; readonly what: string }[];
}

function judge(now: Contract, { before, allowed }: Compared, context: Context): ReturnType<typeof pass> {
  const { store, step, release } = context;
  const of = (name: string): Contract | undefined => readContract(store, step, name);
  const known = [release, before].find((name) => of(name) !== undefined);
  const baseline = known === undefined ? undefined : of(known);
  const found = baseline === undefined ? [] : differences(baseline, now);
  const drift = found.filter((one) => !isAllowed(one, allowed));
  const count = `${Object.keys(now).length} answers`;
  if (drift.length > 0)
    return fail(
      `${drift.length === 1 ? "1 difference" : `${drift.length} differences`} from ${known ?? ""}: ${drift.map(({ words }) => words).join("; ")}`,
    );
  writeAtomic(inStore.contract(store, step, release), `${JSON.stringify(now, undefined, 2)}\n`);
  if (known !== undefined)
    return pass(
      `${count} as ${known} gave them${found.length > 0 ? `, but for ${found.length} that are allowed` : ""}`,
    );
  return before === "none"
    ? pass(`${count} recorded for the next release`)
    : warn(`${before} has no recorded contract to compare with; that of ${release} is recorded`);
}

/** What a release has answered to the step; undefined where nothing is recorded. Errors: the record is damaged. */
export const readContract = (store: string, step: string, release: string): Contract | undefined =>
  readJson(
    inStore.contract(store, step, release),
    { "*": { "*": "string" } },
    "Remove it: the next release records another one",
  ) as Contract | undefined;
