// Writes docs/configuration.md from the schema:  node scripts/run.mjs scripts/configuration-page.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { configSchema, makesRollout } from "../components/config.ts";

const page = new URL("../docs/configuration.md", import.meta.url);

const introduction = `# Configuration

Everything is under \`switchback:\` in \`Pulumi.yaml\` (what all stacks share) and \`Pulumi.<stack>.yaml\` (what differs).
Unknown keys, missing ones and wrong types are refused, all at once, each with its path and the way out. Values are never
repeated in messages: one may be a secret.

**Rollout** says whether a change makes a new rollout. What the application is told does; what is about the pipeline does
not, so that you can give a check more time without releasing anything.

| key | meaning | default | rollout |
|---|---|---|---|
`;

/** The whole page as the schema has it now. */
export function configurationPage(): string {
  const lines = rows(configSchema, []).map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`,
  );
  return introduction + lines.join("");
}

function rows(schema: z.ZodType, path: readonly string[]): string[][] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, value]) =>
      rows(value, [...path, key]),
    );
  }
  const at = path.join(".");
  if (inner instanceof z.ZodArray && unwrap(inner.element as z.ZodType) instanceof z.ZodObject) {
    return rows(inner.element as z.ZodType, [...path.slice(0, -1), `${path.at(-1) ?? ""}[]`]);
  }
  const starts = (key: string): boolean =>
    at.replaceAll("[]", "") === key || at.replaceAll("[]", "").startsWith(`${key}.`);
  return [
    [
      `\`${at}\``,
      schema.description ?? inner.description ?? "",
      defaultOf(schema),
      makesRollout.some(starts) ? "yes" : "",
    ],
  ];
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return "(required)";
  return result.data === undefined ? "" : `\`${JSON.stringify(result.data)}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, configurationPage());
