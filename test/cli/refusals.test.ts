// What people type, and what lies about in a project and its store: one clear message, and nothing was changed.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { project, stack, switchback, type Said } from "./switchback.ts";

type Files = Readonly<Record<string, string | undefined>>;

/** Runs a command in a new project, over some files of it. `~` in what it says is the project's folder. */
async function run(argv: readonly string[], files: Files = {}): Promise<Said & { changed: string[] }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-refusals-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const all = Object.entries<string | undefined>({ "Pulumi.yaml": project, "Pulumi.staging.yaml": stack, ...files });
  for (const [name, text] of all) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (text === undefined) mkdirSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
  const before = contentOf(folder);
  const environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder, TMPDIR: process.env.TMPDIR };
  const said = await switchback({ folder, environment }, ...argv);
  const changed = contentOf(folder).filter((file) => !before.includes(file));
  return { ...said, stderr: said.stderr.replaceAll(folder, "~"), changed };
}

const contentOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    // The folders of Pulumi's own files, and of compiled code, are made by whoever asks for them.
    .filter((entry) => entry.isFile() && !/\/\.(pulumi|cache)/.test(entry.parentPath))
    .map(
      (entry) => `${join(entry.parentPath, entry.name)}: ${readFileSync(join(entry.parentPath, entry.name), "utf8")}`,
    );

/** A store is known by its mark. */
const marked: Files = { "store/store.json": '{"id":"5709e1d0","made":"2026-01-01T00:00:00Z"}' };

const usage = "For help: switchback --help";
const noTag = (tag: string): string =>
  `switchback: option '--release <tag>' argument '${tag}' is invalid. A release is a tag without slashes and spaces.\n${usage}`;
const lone = "Those here: staging.";
const mendLease = "Nothing was changed. When no rollout is at work, remove it: the next one writes it anew";

test.each<[string[], number, string]>([
  [["up", "--yes", "--release", ""], 2, noTag("")],
  [["up", "--yes", "--release", "v1 v2"], 2, noTag("v1 v2")],
  [["up", "--yes", "--release", "--"], 2, noTag("--")],
  [["up", "--yes", "--release=--force"], 2, noTag("--force")],
  [["preview", "--release", "../v1"], 2, noTag("../v1")],
  [["preview", "--release", "v1\nv2"], 2, noTag("v1\nv2")],
  [["up", "--again=yes"], 2, `switchback: unknown option '--again=yes'\n${usage}`],
  [["--json", "status"], 2, `switchback: unknown option '--json'\n${usage}`],
  [["status", "--stack"], 2, `switchback: option '--stack <name>' argument missing\n${usage}`],
  [["verify", "x"], 2, `switchback: too many arguments for 'verify'. Expected 0 arguments but got 1: x.\n${usage}`],
  [
    ["up", "--json"],
    2,
    "switchback: nobody is here to answer: this is no terminal. Nothing was changed. To go on without being asked: --yes",
  ],
  [["status", "--stack", "../x"], 1, `switchback: --stack ../x: there is no Pulumi.../x.yaml. ${lone}`],
  [["status", "--stack", ""], 1, `switchback: --stack : there is no Pulumi..yaml. ${lone}`],
  [["up", "--yes", "--stack", "$(id)"], 1, `switchback: --stack $(id): there is no Pulumi.$(id).yaml. ${lone}`],
])("%j", async (argv, exitCode, message) => {
  expect(await run(argv)).toEqual({ exitCode, stdout: "", stderr: message, changed: [] });
});

test.each<[string, Files, string[], string | RegExp]>([
  [
    "a project file that is a list",
    { "Pulumi.yaml": "- name: releases\n" },
    ["status"],
    "~/Pulumi.yaml: must hold keys and values, such as name: releases",
  ],
  [
    "a project file that is a sentence",
    { "Pulumi.yaml": "hello\n" },
    ["status"],
    "~/Pulumi.yaml: must hold keys and values, such as name: releases",
  ],
  ["an empty project file", { "Pulumi.yaml": "" }, ["status"], "~/Pulumi.yaml: has no name. Add one: name: releases"],
  ["a project named by a number", { "Pulumi.yaml": "name: 5\n" }, ["status"], "~/Pulumi.yaml: name must be a text"],
  [
    "a backend that is no text",
    { "Pulumi.yaml": "name: a\nbackend: { url: [] }\n" },
    ["status"],
    "~/Pulumi.yaml: backend.url must be a text",
  ],
  [
    "a folder of stacks that is not there",
    { "Pulumi.yaml": "name: a\nstackConfigDir: nowhere\n" },
    ["status"],
    "Pulumi.yaml: stackConfigDir: ~/nowhere does not exist",
  ],
  [
    "a configuration of the project that is a text",
    { "Pulumi.yaml": `${project}config: x\n` },
    ["status"],
    "~/Pulumi.yaml: config must hold keys and values",
  ],
  [
    "a project file that is a folder",
    { "Pulumi.yaml": undefined },
    ["status"],
    /^~\/Pulumi\.yaml: cannot be read: EISDIR/,
  ],
  [
    "a stack file that is a folder",
    { "Pulumi.staging.yaml": undefined },
    ["verify"],
    /^Pulumi\.staging\.yaml: cannot be read: EISDIR/,
  ],
  [
    "a stack file that is a sentence",
    { "Pulumi.staging.yaml": "hello" },
    ["verify"],
    "Pulumi.staging.yaml: has no `config:`",
  ],
  [
    "a configuration that is a list",
    { "Pulumi.staging.yaml": "config: [a]" },
    ["verify"],
    "Pulumi.staging.yaml: `config:` must hold keys and values",
  ],
  [
    "a key twice",
    { "Pulumi.staging.yaml": "config: {}\nconfig: {}\n" },
    ["verify"],
    /^Pulumi\.staging\.yaml: is not valid YAML: Map keys must be unique/,
  ],
  [
    "an alias of nothing",
    { "Pulumi.staging.yaml": "config: *nothing\n" },
    ["verify"],
    /^Pulumi\.staging\.yaml: is not valid YAML: Unresolved alias/,
  ],
  [
    "aliases that stand for a world",
    { "Pulumi.staging.yaml": bomb() },
    ["verify"],
    /^Pulumi\.staging\.yaml: is not valid YAML: Excessive alias count/,
  ],
  [
    "a lease that was cut off",
    { ...marked, "store/lease.json": '{"fencing":5,' },
    ["verify"],
    `store/lease.json: is damaged: it is not JSON. ${mendLease}`,
  ],
  [
    "a mark that is a folder",
    { "store/store.json": undefined },
    ["verify"],
    "store/store.json: is a folder, a file is expected there. Move it away",
  ],
  [
    "a ledger that is a folder",
    { ...marked, "store/ledger.jsonl": undefined },
    ["verify"],
    "store/ledger.jsonl: is a folder, a file is expected there. Move it away",
  ],
  [
    "a fence that is damaged",
    { "a/fence/7": "{}" },
    ["verify"],
    "a/fence/7: is damaged: number is no number. When no rollout is at work, remove it: switchback unlock shows whether one is",
  ],
])("%s", async (_, files, argv, says) => {
  const { exitCode, stdout, stderr, changed } = await run(argv, files);
  expect([exitCode, stdout, changed]).toEqual([1, "", []]);
  const [line = "", ...more] = stderr.split("\n");
  expect([line.slice(0, 12), more]).toEqual(["switchback: ", []]);
  if (typeof says === "string") expect(line.slice(12)).toBe(says);
  else expect(line.slice(12)).toMatch(says);
});

test.each(["status", "unlock"])("%s of a store whose lease is damaged", async (command) => {
  const { exitCode, stderr, changed } = await run([command], { "store/lease.json": "null" });
  expect([exitCode, changed]).toEqual([1, []]);
  expect(stderr).toBe(`engine: embedded\nswitchback: store/lease.json: is damaged: it is no object. ${mendLease}`);
});

test("a ledger of garbage is told line by line, and nothing else of it is believed", async () => {
  const { exitCode, stdout, stderr } = await run(["verify"], { ...marked, "store/ledger.jsonl": "hello\n{}\n" });
  expect([exitCode, stderr]).toEqual([1, "engine: embedded"]);
  expect(stdout).toBe(
    "✗ ledger store/ledger.jsonl\n    store/ledger.jsonl:1: not an entry\n    store/ledger.jsonl:2: not an entry",
  );
});

/** Every name stands for ten of the one before it. */
function bomb(): string {
  const names = "a b c d e f g h".split(" ");
  const lines = names.map((name, index) => {
    const before = names[index - 1];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => (before === undefined ? "x" : `*${before}`)).join(", ")}]`;
  });
  return `${lines.join("\n")}\nconfig: {}\n`;
}
