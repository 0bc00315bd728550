import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Events } from "../../engine/events.ts";
import { secret } from "../../engine/property-value.ts";
import { StepExecutor, withOutputs, type Step } from "../../engine/step-executor.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { Backend } from "../../engine/backend.ts";
import type { ResourceState } from "../../engine/checkpoint.ts";
import type { ResourceProvider } from "../../engine/providers.ts";
import type { Options } from "../../engine/perform.ts";
import type { Secrets } from "../../engine/secrets.ts";
import type { Session } from "../../engine/workspace.ts";

const state = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::case::command:local:Command::${name}`,
  custom: true,
  type: "command:local:Command",
  ...more,
});

function setUp({ parallel = 8, preview = false } = {}) {
  const seen: string[] = [];
  const events = new Events([
    {
      event: ({ resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent }) => {
        const short = (urn: string): string => urn.split("::").at(-1) ?? "";
        if (resourcePreEvent) seen.push(`start ${short(resourcePreEvent.metadata.urn)}`);
        if (resOutputsEvent) seen.push(`end ${short(resOutputsEvent.metadata.urn)}`);
        if (resOpFailedEvent) seen.push(`failed ${short(resOpFailedEvent.metadata.urn)}`);
        if (diagnosticEvent?.severity === "error") seen.push(diagnosticEvent.message.trim());
      },
      close: () => Promise.resolve(),
    },
  ]);
  const secrets = { salt: "", seal: (map: object) => map } as unknown as Secrets;
  const backend = { write: () => Promise.resolve() } as unknown as Backend;
  const snapshot = new Snapshot({ backend, name: { project: "case", stack: "dev" }, secrets });
  const session = { project: { programDirectory: "." } } as Session;
  const options = { parallel, preview } as Options;
  return { seen, snapshot, executor: new StepExecutor({ session, options, events, snapshot }) };
}

const create = (name: string, run: () => Promise<void> = () => Promise.resolve()): Step => {
  const provider = { create: () => run().then(() => ({ id: name, outputs: {} })) } as unknown as ResourceProvider;
  return { op: "create", next: state(name), provider };
};

test("no more steps run at once than allowed", async () => {
  const { seen, executor } = setUp({ parallel: 1 });
  await Promise.all(["a", "b"].map((name) => executor.run(create(name))));
  expect(seen).toEqual(["start a", "end a", "start b", "end b"]);
  expect(executor.changes).toEqual({ create: 2 });
});

test("after a failure what runs is finished and recorded, what waits does not start", async () => {
  const { seen, executor, snapshot } = setUp({ parallel: 2 });
  const release = Promise.withResolvers<undefined>();
  const slow = executor.run(create("slow", () => release.promise.then(() => undefined)));
  const bad = executor.run(create("bad", () => Promise.reject(new Error("boom"))));
  const waiting = executor.run(create("waiting"));
  await expect(bad).rejects.toThrow();
  release.resolve(undefined);
  await slow;
  await expect(waiting).rejects.toThrow();
  expect(seen).toEqual(["start slow", "start bad", "boom", "failed bad", "end slow"]);
  expect(snapshot.resources().map(({ id }) => id)).toEqual(["slow"]);
  expect([executor.stepFailed, executor.maybeCorrupt]).toEqual([true, false]);
});

test("a layer of deletes begins when the one before it is gone, and never after a failure", async () => {
  const { seen, executor, snapshot } = setUp();
  const base = state("base");
  const bad = state("bad", { dependencies: [base.urn], outputs: { delete: "exit 1" } });
  const leaf = state("leaf", { dependencies: [bad.urn], deletedWith: base.urn });
  const apart = state("apart");
  const all = [base, apart, bad, leaf];
  snapshot.open(all, []);
  await executor.delete(all);
  expect(seen.filter((line) => !line.startsWith("exit status"))).toEqual([
    "start leaf",
    "end leaf",
    "start bad",
    "failed bad",
  ]);
  expect(snapshot.resources().map(({ urn }) => urn)).toEqual([base.urn, apart.urn, bad.urn]);
});

test("an output is secret from when it is called so, also where nothing else changes", async () => {
  const { executor } = setUp();
  const old = state("a", { outputs: { stdout: "text" } });
  const next = state("a", { additionalSecretOutputs: ["stdout"] });
  const same = await executor.run({ op: "same", old, next, provider: {} as ResourceProvider });
  expect(same?.outputs).toEqual({ stdout: secret("text") });
});

test("deletes go before what they need, and stop at what is protected", async () => {
  const { seen, executor, snapshot } = setUp();
  const a = state("a", { protect: true });
  const b = state("b", { dependencies: [a.urn] });
  const c = state("c", { parent: b.urn });
  snapshot.open([a, b, c], []);
  await executor.delete([a, b, c]);
  expect(seen.slice(0, 5)).toEqual(["start c", "end c", "start b", "end b", "start a"]);
  expect(seen[5]).toContain(`resource "${a.urn}" cannot be deleted\nbecause it is protected`);
  expect(snapshot.resources()).toEqual([a]);
});

test("an operation that is cancelled before anything runs says so, and runs nothing", async () => {
  const { seen, executor } = setUp();
  const step = executor.run(create("a"));
  executor.cancel();
  await expect(step).rejects.toThrow();
  expect(seen).toEqual(["update canceled"]);
});

test("a custom timeout stops the step", async () => {
  const { executor } = setUp();
  const provider = {
    create: (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("stopped"));
        });
      }),
  } as unknown as ResourceProvider;
  const step: Step = { op: "create", next: state("a", { customTimeouts: { create: 0.05 } }), provider };
  await expect(executor.run(step)).rejects.toThrow();
});

const provider: ResourceProvider = {
  diff: () => ({ changed: false, changedKeys: [], replaceKeys: [], detailed: null }),
  create: () => Promise.resolve({ id: "id1", outputs: { out: 1 } }),
  update: () => Promise.resolve({ out: 2 }),
};
const old = state("a", { id: "id0", outputs: { out: 0 }, created: "c", modified: "m" });
const next = state("a", { inputs: { in: 1 } });

test("same keeps id, outputs and times under the new inputs", async () => {
  expect(await setUp().executor.run({ op: "same", old, next, provider })).toEqual({ ...old, inputs: { in: 1 } });
});

test("create takes the provider's id and outputs, update keeps the id", async () => {
  const { executor } = setUp();
  const made = await executor.run({ op: "create", next, provider });
  expect(made).toMatchObject({ id: "id1", outputs: { out: 1 } });
  const updated = await executor.run({ op: "update", old, next, provider });
  expect(updated).toMatchObject({ id: "id0", created: "c", outputs: { out: 2 } });
});

test("a replacement leaves the old resource marked for its delete, and counts as one replace", async () => {
  const { executor, snapshot, seen } = setUp();
  snapshot.open([old], []);
  await executor.run({ op: "create-replacement", old, next, provider });
  expect(snapshot.resources()).toMatchObject([{ id: "id1" }, { id: "id0", delete: true }]);
  expect(executor.changes).toEqual({ replace: 1 });
  expect(seen).toEqual(["start a", "end a", "start a", "end a"]);
});

test("delete runs the provider, but not for what is retained, external, deleted with another or only previewed", async () => {
  const { directory } = new EngineProject();
  const calls = (): string => readFileSync(join(directory, "trace"), "utf8");
  const deletable = (name: string, more: Partial<ResourceState> = {}): ResourceState =>
    state(name, { outputs: { delete: `echo delete ${name} >> ${directory}/trace` }, ...more });
  const left = [
    deletable("retained", { retainOnDelete: true }),
    deletable("external", { external: true }),
    deletable("along", { deletedWith: old.urn }),
  ];
  await setUp({ preview: true }).executor.delete([deletable("a"), ...left]);
  expect(calls()).toBe("");
  const { executor } = setUp();
  await executor.delete([deletable("a", { delete: true }), ...left]);
  expect(calls()).toBe("delete a\n");
  expect(executor.changes).toEqual({ delete: 2, discard: 1 });
});

test("additional secret outputs are marked", () => {
  const marked = { ...next, additionalSecretOutputs: ["out"] };
  expect(withOutputs(marked, { out: 1, other: 2 }).outputs).toEqual({ out: secret(1), other: 2 });
  expect(withOutputs(old, {})).not.toHaveProperty("outputs");
});
