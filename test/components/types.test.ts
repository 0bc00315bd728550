/** The compiler refuses a careless pipeline: what leaves out a backup, or what must have come before, has no type. */
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { root } from "../support/context.ts";

const preamble = `
import { Activation } from "../../components/activation.ts";
import { Backup } from "../../components/backup.ts";
import { Build, type ArtifactProof } from "../../components/build.ts";
import type { Environment } from "../../components/environment.ts";
import { withoutBackup } from "../../components/no-backup.ts";
import { Preflight } from "../../components/preflight.ts";
import { Prepare, type PreparedProof } from "../../components/prepare.ts";
import { Schema } from "../../components/schema.ts";
import type { Platform } from "../../components/servers.ts";
import type { MigrationTool } from "../../components/sql-files.ts";
import type { Database } from "../../components/sqlite.ts";
import type { Scope } from "../../components/step.ts";
declare const environment: Environment;
declare const scope: Scope;
declare const platform: Platform;
declare const database: Database;
declare const migrations: MigrationTool;
const work = { kind: "up", migrations: [] } as const;
const preflight = new Preflight("preflight", { environment, scope, checks: {} }).proof;
const source = { scope, repository: "r", commit: "c" };
const artifact = new Build("build", { ...source, preflight }).proof;
const prepared = new Prepare("prepare", { environment, scope, artifact, platform }).proof;
const tools = { environment, scope, work, database, migrations, platform, prepared };
`;
const snippets = {
  whole: `
const backup = new Backup("backup", { scope, database, prepared, serving: "v1" }).proof;
const schema = new Schema("schema", { ...tools, backup }).proof;
new Activation("activation", { scope, platform, prepared, schema });`,
  waived: `new Schema("schema", { ...tools, backup: withoutBackup("rebuilt", "rebuilt nightly") });`,
  unexamined: `new Build("build", source);`,
  withoutBackup: `new Schema("schema", tools);`,
  otherProof: `new Schema("schema", { ...tools, backup: prepared });`,
  unprepared: `
const schema = new Schema("schema", { ...tools, backup: withoutBackup("rebuilt", "rebuilt nightly") }).proof;
new Activation("activation", { scope, platform, schema });`,
  onlyBuilt: `
const schema = new Schema("schema", { ...tools, backup: withoutBackup("rebuilt", "rebuilt nightly") }).proof;
new Activation("activation", { scope, platform, prepared: artifact, schema });`,
  withoutSchema: `new Activation("activation", { scope, platform, prepared });`,
  madeUp: `
const made: PreparedProof = { value: prepared.value, resource: prepared.resource };
const other: ArtifactProof = artifact;
void [made, other];`,
};
const found = new Map<string, string[]>();

/** Checks all snippets as one program, as the project's own configuration says. */
beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const files = new Map(
    Object.entries(snippets).map(([name, text]) => [
      join(root, "test/components", `${name}.snippet.ts`),
      preamble + text,
    ]),
  );
  const host = ts.createCompilerHost(options);
  host.readFile = (path) => files.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  for (const [path] of files) {
    const all = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
    const name = path.split("/").at(-1)?.replace(".snippet.ts", "") ?? "";
    found.set(name, all.map(inWords));
  }
}, 60_000);

/** The error's number, and the property that is missing where that is what is wrong. */
function inWords({ code, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  const [missing] = /Property '[^']+' is missing/.exec(text) ?? [];
  return `TS${code}: ${missing ?? text.split("\n")[0] ?? ""}`;
}

test("a pipeline that leaves nothing out compiles, and so does one that says why it has no backup", () => {
  expect([found.get("whole"), found.get("waived")]).toEqual([[], []]);
});

test.each<[string, keyof typeof snippets, string[]]>([
  ["touches the schema without a backup", "withoutBackup", ["TS2345: Property 'backup' is missing"]],
  [
    "has another proof in the place of the backup",
    "otherProof",
    ["TS2322: Type 'PreparedProof' is not assignable to type 'BackupProof'."],
  ],
  ["activates what was not prepared", "unprepared", ["TS2345: Property 'prepared' is missing"]],
  [
    "activates what was only built",
    "onlyBuilt",
    ["TS2322: Type 'ArtifactProof' is not assignable to type 'PreparedProof'."],
  ],
  ["activates without having looked at the schema", "withoutSchema", ["TS2345: Property 'schema' is missing"]],
  ["builds without having looked at anything", "unexamined", ["TS2345: Property 'preflight' is missing"]],
  ["makes up a proof", "madeUp", ["TS2741: Property '[proven]' is missing"]],
])("a pipeline that %s does not compile", (_, name, errors) => {
  expect(found.get(name)).toEqual(errors);
});
