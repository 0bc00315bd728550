// Writes docs/checks.md from the checks themselves:  node scripts/run.mjs scripts/checks-page.ts
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Check } from "../actions/check.ts";
import { schemaRows, tableRow } from "./schema-rows.ts";

const page = new URL("../docs/checks.md", import.meta.url);
const folder = new URL("../actions/checks/", import.meta.url);
const elsewhere = [new URL("../actions/watch/watch.ts", import.meta.url)];

const introduction = `# Checks

A check looks at one thing and answers \`pass\`, \`warn\` (beyond a target, and acceptable), \`fail\` (seen to be wrong) or
\`unknown\` (nobody could tell), with what was seen and from where. It never fails an update: a gate does, with all reasons
at once; see [gates](gates.md). A pipeline names its checks where it is written:

    preflight: { tag: call(annotatedTag, { repository, tag: release, commit }) },
    smoke: { health: call(json, { url: \`\${address}/api/health\`, expect: { status: "ok" } }) },

Arguments under which a check could never fail are refused when the pipeline is written down. Those that are *quick* only
read, and within seconds: \`pulumi preview\` asks them, too, where they stand in the preflight. A secret is named by its name
among the environment's, as \`{ variable: "NAME" }\` or as \`{ file: "path" }\`; it stands in no argument, state or log.

`;

interface Described {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly check: Check;
}

/** The whole page as the checks are now. */
export async function checksPage(): Promise<string> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => new URL(file, folder));
  const found = (await Promise.all([...files, ...elsewhere].map(describe)))
    .flat()
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const list = found.map(
    ({ name, text }) => `- [${name}](#${name.toLowerCase()}): ${text.split(/(?<=[.;]) /)[0] ?? ""}\n`,
  );
  return introduction + list.join("") + found.map(section).join("");
}

async function describe(file: URL): Promise<Described[]> {
  const exported = (await import(file.href)) as Record<string, unknown>;
  return Object.entries(exported).flatMap(([name, value]) =>
    isCheck(value)
      ? [{ name, file: file.href.replace(/^.*(actions\/)/, "$1"), text: docstring(file, name), check: value }]
      : [],
  );
}

const isCheck = (value: unknown): value is Check =>
  typeof value === "object" && value !== null && "args" in value && "quick" in value;

/** What stands above an export. Errors: nothing does. */
function docstring(file: URL, name: string): string {
  const source = readFileSync(file, "utf8");
  const above = source.slice(0, source.indexOf(`export const ${name} =`));
  const comment = above.slice(above.lastIndexOf("/**"));
  if (!/^\/\*\*.*\*\/\s*$/s.test(comment)) throw new Error(`${fileURLToPath(file)}: ${name} has no docstring`);
  const text = comment.replace(/\s*\*\/\s*$/, "").replaceAll(/^\/\*\*|^ \* ?/gm, "");
  return text.replaceAll(/\s+/g, " ").trim();
}

function section({ name, file, text, check }: Described): string {
  const rows = schemaRows(check.args(z) as z.ZodType).map(({ at, meaning, byDefault }) =>
    tableRow([`\`${at}\``, meaning, byDefault]),
  );
  const facts = [`\`${file}\``, ...(check.quick ? ["quick"] : []), `ends within ${check.timeoutSeconds} s`].join(", ");
  return `\n## ${name}\n\n${text}\n\n${facts}\n\n| argument | meaning | default |\n|---|---|---|\n${rows.join("")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, await checksPage());
