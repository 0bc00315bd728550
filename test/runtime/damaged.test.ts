/** A step whose store or surroundings somebody has damaged: one line that says what, and nothing is changed. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { ownerOf } from "../../runtime/owner.ts";
import { readRecord } from "../../runtime/record.ts";
import { readSpec, readSurroundings } from "../../runtime/spec.ts";
import { enterStore } from "../../runtime/store.ts";
import { makeProject, temporaryFolder } from "../support/context.ts";
import { runStep } from "../support/step.ts";

const acts = { act: `() => { writeFileSync("acted", ""); return { ok: true }; }` };

/** Every file below a folder, with what is in it. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      // A log of what was tried is what one wants to find.
      .filter((path) => !path.endsWith("step.log") && !path.includes("node_modules"))
      .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

const lease = {
  ...{ fencing: 5, rollout: "2-abcdef", release: "v1", step: "build", opened: "2-abcdef", since: "", heartbeat: "" },
  ...{ owner: ownerOf(process.pid), engine: ownerOf(process.pid), expires: "", ledger: { entry: 0, digest: "" } },
};
const mendLease = "Nothing was changed. When no rollout is at work, remove it: the next one writes it anew";
const mendMark = "Put it back from a copy of the store. Nothing was changed";

test.each<[string, string, string, string]>([
  ["a lease that was cut off", "lease.json", JSON.stringify(lease).slice(0, 50), `it is not JSON. ${mendLease}`],
  ["an empty lease", "lease.json", "", `it is not JSON. ${mendLease}`],
  ["a lease of another kind", "lease.json", "[1]", `it is no object. ${mendLease}`],
  [
    "a lease without a number",
    "lease.json",
    JSON.stringify({ ...lease, fencing: "5" }),
    `fencing is no number. ${mendLease}`,
  ],
  ["a lease of nobody", "lease.json", JSON.stringify({ ...lease, owner: null }), `owner is no object. ${mendLease}`],
  [
    "a lease without a ledger",
    "lease.json",
    JSON.stringify({ ...lease, ledger: {} }),
    `ledger.entry is no number. ${mendLease}`,
  ],
  ["a mark that is binary", "store.json", "\x00\xff\x7f", `it is not JSON. ${mendMark}`],
  ["a mark of another kind", "store.json", "true", `it is no object. ${mendMark}`],
  ["a mark without an id", "store.json", '{"made":"2026"}', `id is no string. ${mendMark}`],
])("%s", async (_, name, text, says) => {
  const project = makeProject(acts);
  const store = join(project, "store");
  enterStore(store, { id: undefined, leaving: "none" });
  writeFileSync(join(store, name), text);
  const before = contentOf(project);
  const { code, stdout, stderr } = await runStep(project, { action: "./act" });
  const [message, ...more] = stderr.trimEnd().split("\n");
  expect([code, stdout, more]).toEqual([1, "", []]);
  expect(message).toMatch(/^\S*store\/\w+\.json: is damaged: /);
  expect(message?.replace(/^.*: is damaged: /, "")).toBe(says);
  expect(contentOf(project)).toEqual(before);
});

test.each(["lease.json", "store.json", "ledger.jsonl"])("a folder in the place of %s", async (name) => {
  const project = makeProject(acts);
  const store = join(project, "store");
  if (name !== "store.json") enterStore(store, { id: undefined, leaving: "none" });
  mkdirSync(join(store, name), { recursive: true });
  const { code, stderr } = await runStep(project, { action: "./act" });
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^\S+: is a folder, a file is expected there\. Move it away\n$/),
  ]);
  expect(readdirSync(project)).not.toContain("acted");
});

test.each<[string, string]>([
  ["cut off", '{"key":"k","rollout":"2-abcdef","owner":{"mach'],
  ["a list", "[]"],
  ["nothing", "null"],
  ["a run of nobody", JSON.stringify({ key: "k", rollout: "2-abcdef", began: "", state: "running", owner: {} })],
  ["a run without an owner", JSON.stringify({ key: "k", rollout: "2-abcdef", began: "", state: "running" })],
  ["in no state we know", JSON.stringify({ key: "k", rollout: "2-abcdef", began: "", state: "?", owner: lease.owner })],
  [
    "done without a receipt",
    JSON.stringify({ key: "k", rollout: "2-abcdef", began: "", state: "done", owner: lease.owner }),
  ],
])("a record that is %s is none", (_, text) => {
  const path = join(temporaryFolder(), "step.json");
  writeFileSync(path, text);
  expect(readRecord(path)).toBeUndefined();
});

test("a step whose record nobody can read looks for itself", async () => {
  const project = makeProject(acts);
  const path = join(project, "store", "steps", "step.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{"state":"running"}');
  expect(await runStep(project, { action: "./act" })).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: "" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ state: "done", receipt: { ok: true } });
});

const yours = (name: string): string => `Pulumi sets it, not you. Where your shell has it: unset ${name}`;

test.each<[string, Record<string, string>, string]>([
  ["no number", { SWITCHBACK_TIMEOUT_SECONDS: "abc" }, "SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds"],
  [
    "a time that runs backwards",
    { SWITCHBACK_TIMEOUT_SECONDS: "-5" },
    "SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds",
  ],
  ["no time at all", { SWITCHBACK_TIMEOUT_SECONDS: "" }, "SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds"],
  [
    "time without end",
    { SWITCHBACK_TIMEOUT_SECONDS: "Infinity" },
    "SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds",
  ],
  [
    "more than a timer takes",
    { SWITCHBACK_TIMEOUT_SECONDS: "1e9" },
    "SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds",
  ],
  ["a rollout that climbs", { SWITCHBACK_ROLLOUT: "../../etc" }, "SWITCHBACK_ROLLOUT: is no rollout's id"],
  ["a rollout of two lines", { SWITCHBACK_ROLLOUT: "2-abc\n3" }, "SWITCHBACK_ROLLOUT: is no rollout's id"],
  ["a need that is not JSON", { SWITCHBACK_NEEDS_ARTIFACT: "{" }, "SWITCHBACK_NEEDS_ARTIFACT: is not JSON"],
  ["an empty need", { SWITCHBACK_NEEDS_BACKUP: "" }, "SWITCHBACK_NEEDS_BACKUP: is not JSON"],
  ["a receipt that is garbage", { PULUMI_COMMAND_STDOUT: "hello\n" }, "PULUMI_COMMAND_STDOUT: is not JSON"],
])("a variable of a stranger: %s", (_, environment, says) => {
  const refusal = new Refusal(`${says}. ${yours(Object.keys(environment)[0] ?? "")}`);
  expect(() => readSurroundings(environment)).toThrow(refusal);
});

test("a step with a stranger's variable does nothing", async () => {
  const project = makeProject(acts);
  enterStore(join(project, "store"), { id: undefined, leaving: "none" });
  const before = contentOf(project);
  const environment = { SWITCHBACK_TIMEOUT_SECONDS: "abc" };
  expect(await runStep(project, { action: "./act" }, { environment })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: `SWITCHBACK_TIMEOUT_SECONDS: is no number of seconds. ${yours("SWITCHBACK_TIMEOUT_SECONDS")}\n`,
  });
  expect(contentOf(project)).toEqual(before);
});

test("the receipt before is a rollout's, or nothing is opened", async () => {
  const project = makeProject({ open: `() => ({ number: 1, id: "1-abc", store: "x" })` });
  const spec = { action: "./open", opens: true };
  const { code, stderr } = await runStep(project, spec, {
    rollout: "",
    environment: { PULUMI_COMMAND_STDOUT: '{"a":1}' },
  });
  expect([code, stderr]).toEqual([
    1,
    `PULUMI_COMMAND_STDOUT: is no rollout's receipt: number is no number. ${yours("PULUMI_COMMAND_STDOUT")}\n`,
  ]);
  expect(readdirSync(project)).not.toContain("store");
});

test("a rollout that a shell speaks of is not the one that is opened", async () => {
  const project = makeProject({ open: `() => ({ number: 1, id: "1-" + process.pid, store: "x" })` });
  const open = () => runStep(project, { action: "./open", opens: true }, { rollout: "9-stranger" });
  const [first, second] = [await open(), await open()];
  expect([first.code, second.code, first.stdout === second.stdout]).toEqual([0, 0, false]);
  expect(readdirSync(join(project, "store", "evidence"))).toEqual(["opening"]);
});

test.each(["../x", "a/b", "..", "a\0b", ""])("a step named %j is none", (step) => {
  const spec = { step, action: "./act", args: {}, release: "v1", store: "store" };
  expect(() => readSpec(JSON.stringify(spec))).toThrow(/^switchback\/step: a step's specification is expected/);
});
