/** The lean pipeline with what may stand around its smoke checks: a plan to watch, a rehearsal of the way back, a certificate. */
import { leanProgram, replaceOnce } from "./lean-program.ts";

const imports = [
  ["http", "actions/checks/http.ts"],
  ["schema", "actions/checks/schema.ts"],
  ["schemaTwice", "actions/checks/schema-twice.ts"],
  ["inspectSqlite", "actions/databases/sqlite/inspect.ts"],
  ["loggedRequests", "actions/watch/logs.ts"],
] as const;

/** The migrations of the release that serves, on one of the hosts. */
const migrations = "`${config.environment.hosts[0]?.directory}/current/migrations`";

const closing = `  rehearsal: {
    between: {
      column: call(schema, {
        inspect: call(inspectSqlite, { path: config.database.path }),
        forbid: { orders: ["insured_cents"] },
      }),
    },
    after: { front: call(http, { url: \`\${address}/\` }) },
  },
  certification: {
    workOrder: "WO-1718",
    checks: { twice: call(schemaTwice, { database: config.database.path, migrations: ${migrations} }) },
  },
  watch: {
    source: call(loggedRequests, { files: ["access.log"], lines: { field: "status", errorFrom: 500 } }),
    minutes: 1,
  },
  smokeSecrets:`;

/** `from`: as in `leanProgram`. */
export function closingProgram(from = "switchback/"): string {
  const lines = imports.map(([name, file]) => `import { ${name} } from "${from}${file}";\n`);
  return lines.join("") + replaceOnce(leanProgram(from), /^ {2}smokeSecrets:/m, closing);
}
