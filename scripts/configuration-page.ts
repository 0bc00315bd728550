// Writes docs/configuration.md from the schema:  node scripts/run.mjs scripts/configuration-page.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configSchema, makesRollout } from "../components/config.ts";
import { schemaRows, tableRow } from "./schema-rows.ts";

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
  const lines = schemaRows(configSchema).map(({ at, meaning, byDefault }) => {
    const key = at.replaceAll("[]", "");
    const isNew = makesRollout.some((name) => key === name || key.startsWith(`${name}.`));
    return tableRow([`\`${at}\``, meaning, byDefault, isNew ? "yes" : ""]);
  });
  return introduction + lines.join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, configurationPage());
