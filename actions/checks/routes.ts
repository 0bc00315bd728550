import { defineCheck, fail, pass, unknown } from "../check.ts";
import { readIfThere } from "../files.ts";
import { listedRoutes } from "./routes-baseline.ts";
import { compareRoutes, normalized, readRoutes } from "./routes-compare.ts";
import { argvSchema, targetSchema } from "./target.ts";

/**
 * Compares the routes that the application lists with a reviewed baseline, by method and path. Passes when they are the
 * same but for those in `allowed`; fails on every other route that was added or changed, and on each that is gone.
 */
export const routes = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      ...targetSchema(z),
      argv: argvSchema(z).describe(
        "command that lists the routes, as JSON or one on each line, such as php artisan route:list --json",
      ),
      baseline: z.string().min(1).describe("file in the project with the routes as they were reviewed"),
      allowed: z
        .array(z.string().regex(/^\S+ \S/, 'is no signature: write it as "GET|HEAD some/path"'))
        .default([])
        .describe('signatures that may be new or different, such as "GET|HEAD __ui/sandbox"'),
    }),
  async ({ argv, baseline, allowed, ...target }, context) => {
    const text = readIfThere(baseline);
    if (text === undefined)
      return unknown(`${baseline}: there is no such baseline. Write it with switchback baseline, and have it reviewed`);
    const wanted = readRoutes(text);
    if (wanted === undefined || wanted.size === 0) return unknown(`${baseline}: holds no list of routes`);
    const actual = await listedRoutes(argv, target, context);
    const { removed, added, changed } = compareRoutes(wanted, actual);
    const tolerated = new Set(allowed.map(normalized));
    const refused = (list: readonly string[]): string[] => list.filter((signature) => !tolerated.has(signature));
    const wrong = [
      ...inWords("removed", removed),
      ...inWords("added", refused(added)),
      ...inWords("changed", refused(changed)),
    ];
    if (wrong.length > 0) return fail(`${actual.size} routes, want those of ${baseline}: ${wrong.join("; ")}`);
    const count = added.length + changed.length;
    return pass(`${actual.size} routes as in ${baseline}${count > 0 ? `, and ${count} allowed to differ` : ""}`);
  },
  { timeoutSeconds: 1800 },
);

const mostNamed = 4;

function inWords(what: string, signatures: readonly string[]): string[] {
  if (signatures.length === 0) return [];
  const more = signatures.length > mostNamed ? ", ..." : "";
  return [`${signatures.length} ${what}: ${signatures.slice(0, mostNamed).join(", ")}${more}`];
}
