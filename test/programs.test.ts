/** Proves that whatever starts a program says what of the environment that program may see, or why it may see all of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { repository } from "./support/engines.ts";
import { shipped, tracked } from "./support/sources.ts";

/** Who starts a program with the whole environment, and why. */
const whole: Readonly<Record<string, string>> = {
  "cli/bin/switchback.mjs: spawnSync": "the same command again, on the project's own Node",
  "cli/stack.ts: execa":
    "the engine: its backend's credentials, its passphrase and the program's own variables are there",
  "runtime/survivor.ts: spawn": "the step itself in a process of its own: it looks up its secrets there",
  "engine/program.ts: spawn": "the engine runs the pipeline's program, as the CLI does",
  "engine/run-script.ts: spawn":
    "the engine runs a step's command, as the CLI's provider does; the step limits what it starts",
  "testing/run.ts: execa": "what a test runs gets the test's own environment, handed in as `where`",
  "testing/test-stack.ts: execa": "the same",
};

const sources = tracked(...shipped).filter((file) => /\.m?[jt]s$/.test(file));

const starters = /^(?:node:)?(?:child_process|cluster)$|^(?:execa|cross-spawn|playwright-core)$/;

/** Starts of programs in a source: `FILE: CALL`, and whether the call itself limits what is seen. */
function startsIn(file: string, text: string): { where: string; limited: boolean }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const names = new Set<string>();
  const starts: { where: string; limited: boolean }[] = [];
  const learn = (node: ts.Node): void => {
    const from = importedBy(node);
    if (from !== undefined && starters.test(from.module)) for (const name of from.names) names.add(name);
    ts.forEachChild(node, learn);
  };
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && names.has(rootOf(node.expression)))
      starts.push({ where: `${file}: ${rootOf(node.expression)}`, limited: isLimited(node) });
    ts.forEachChild(node, look);
  };
  learn(source);
  look(source);
  return starts;
}

/** What a node imports that is there when it runs: `import`, or `const { … } = await import()`. */
function importedBy(node: ts.Node): { module: string; names: string[] } | undefined {
  if (ts.isImportDeclaration(node)) {
    const { importClause: clause, moduleSpecifier } = node;
    const bindings = clause?.namedBindings;
    const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.filter((one) => !one.isTypeOnly) : [];
    const whole = bindings && ts.isNamespaceImport(bindings) ? [bindings.name.text] : [];
    const types = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    const own = clause?.name === undefined ? [] : [clause.name.text];
    const names = types ? [] : [...own, ...whole, ...named.map(({ name }) => name.text)];
    return { module: (moduleSpecifier as ts.StringLiteral).text, names };
  }
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return undefined;
  const call = ts.isAwaitExpression(node.initializer) ? node.initializer.expression : node.initializer;
  if (!ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [module] = call.arguments;
  if (module === undefined || !ts.isStringLiteral(module)) return undefined;
  const names = ts.isIdentifier(node.name) ? [node.name.text] : node.name.elements.flatMap((one) => namesOf(one));
  return { module: module.text, names };
}

const namesOf = (one: ts.ArrayBindingElement): string[] =>
  ts.isBindingElement(one) && ts.isIdentifier(one.name) ? [one.name.text] : [];

/** `chromium` of `chromium.launch`, `execa` of `execa`. */
const rootOf = (node: ts.Expression): string =>
  ts.isPropertyAccessExpression(node) ? rootOf(node.expression) : ts.isIdentifier(node) ? node.text : "";

/** Whether an object among the arguments has an `env` made of `inherited…` and what is added by name, or an empty one. */
function isLimited({ arguments: given, expression }: ts.CallExpression): boolean {
  const properties = given.filter((one) => ts.isObjectLiteralExpression(one)).flatMap((one) => [...one.properties]);
  const valueOf = (name: string): string | undefined =>
    properties
      .filter((one) => ts.isPropertyAssignment(one))
      .find((one) => one.name.getText() === name)
      ?.initializer.getText();
  const env = valueOf("env");
  // execa adds the whole environment to what it is given, unless it is told not to.
  const extended = rootOf(expression) === "execa" && valueOf("extendEnv") !== "false";
  return env !== undefined && !extended && /^(?:\{\}|inherited(?:And)?\(.*\)|\{ \.\.\.inherited\(\), .*\})$/s.test(env);
}

test("every start of a program limits what it sees of the environment, or is here with its reason", () => {
  const starts = sources.flatMap((file) => startsIn(file, readFileSync(join(repository, file), "utf8")));
  expect(starts.filter(({ limited }) => limited).map(({ where }) => where)).toEqual([
    "actions/checks/browser.ts: chromium",
    "actions/databases/sqlite/query.ts: execFile",
    "actions/source/git.ts: execFile",
    "runtime/program.ts: execa",
  ]);
  const others = starts.filter(({ limited }) => !limited).map(({ where }) => where);
  expect(others.sort()).toEqual(Object.keys(whole).sort());
});

test.each([
  ['import { execa } from "execa"; await execa("a", [], { cwd });', false],
  ['import { execa } from "execa"; await execa("a", [], { env: inherited() });', false],
  ['import { execa } from "execa"; await execa("a", [], { env: inherited(), extendEnv: false });', true],
  ['import { spawn as start } from "node:child_process"; start("a");', false],
  ['import * as processes from "child_process"; processes.fork("a", { env: process.env });', false],
  ['const { spawn } = await import("node:child_process"); spawn("a", [], { env: { ...process.env, A: "1" } });', false],
  ['const { chromium } = await import("playwright-core"); chromium.launch({ env: inherited(needs) });', true],
])("%s", (text, limited) => {
  expect(startsIn("a.ts", text).map((start) => start.limited)).toEqual([limited]);
});
