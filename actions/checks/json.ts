import { defineCheck, fail, pass } from "../check.ts";
import { request } from "./request.ts";

/** Passes when `url` answers 200 with JSON in which every path of `expect` (`database.status`) has the value given. */
export const json = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url(),
      expect: z
        .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean(), z.null()]))
        .refine(
          (paths) => Object.keys(paths).length > 0,
          "expects nothing, so it would always pass: name a path and its value",
        ),
      /** A path that holds a time, and how old it may be. */
      fresh: z.strictObject({ path: z.string().min(1), withinSeconds: z.number().positive() }).optional(),
      timeoutSeconds: z.number().positive().max(300).default(10),
    }),
  async ({ url, expect, fresh, timeoutSeconds }, { signal }) => {
    const answer = await request(url, { signal, timeoutSeconds });
    if (answer.status !== 200) return fail(`${url} answered ${answer.status}, want 200`);
    const body = parse(answer.text);
    if (body === undefined) return fail(`${url} answered 200, but not with JSON`);
    const wrong = Object.entries(expect).filter(([path, want]) => at(body, path) !== want);
    const [path, want] = wrong[0] ?? [];
    if (path !== undefined)
      return fail(`${url}: ${path} is ${JSON.stringify(at(body, path))}, want ${JSON.stringify(want)}`);
    if (fresh) {
      const ageSeconds = (Date.now() - Date.parse(String(at(body, fresh.path)))) / 1000;
      // Written so that a time that is none (NaN) fails too.
      if (!(Math.abs(ageSeconds) <= fresh.withinSeconds))
        return fail(`${url}: ${fresh.path} is not of the last ${fresh.withinSeconds} s`);
    }
    return pass(
      `${url}: ${Object.entries(expect)
        .map(([name, value]) => `${name} is ${JSON.stringify(value)}`)
        .join(", ")}`,
    );
  },
  { quick: true },
);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a dotted path; own properties only. */
function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Record<string, unknown>)[key]
          : undefined,
      value,
    );
}
