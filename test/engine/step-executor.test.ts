import { expect, test } from "vitest";
import { Events } from "../../engine/events.ts";
import { Providers } from "../../engine/providers.ts";
import { runDeletes, StepExecutor } from "../../engine/step-executor.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Backend } from "../../engine/backend.ts";
import type { ResourceState } from "../../engine/checkpoint.ts";
import type { ResourceProvider } from "../../engine/providers.ts";
import type { Secrets } from "../../engine/secrets.ts";
import type { Step } from "../../engine/step.ts";

const state = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::case::command:local:Command::${name}`,
  custom: true,
  type: "command:local:Command",
  ...more,
});

function setUp(parallel = 8) {
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
  return { seen, snapshot, executor: new StepExecutor(events, snapshot, parallel, ".") };
}

const create = (name: string, run: () => Promise<void> = () => Promise.resolve()): Step => {
  const provider = { create: () => run().then(() => ({ id: name, outputs: {} })) } as unknown as ResourceProvider;
  return { op: "create", next: state(name), provider };
};

test("no more steps run at once than allowed", async () => {
  const { seen, executor } = setUp(1);
  await Promise.all(["a", "b"].map((name) => executor.run([create(name)])));
  expect(seen).toEqual(["start a", "end a", "start b", "end b"]);
  expect(executor.changes).toEqual({ create: 2 });
});

test("after a failure what runs is finished and recorded, what waits does not start", async () => {
  const { seen, executor, snapshot } = setUp(2);
  const release = Promise.withResolvers<undefined>();
  const slow = executor.run([create("slow", () => release.promise.then(() => undefined))]);
  const bad = executor.run([create("bad", () => Promise.reject(new Error("boom")))]);
  const waiting = executor.run([create("waiting")]);
  await expect(bad).rejects.toThrow();
  release.resolve(undefined);
  await slow;
  await expect(waiting).rejects.toThrow();
  expect(seen).toEqual(["start slow", "start bad", "boom", "failed bad", "end slow"]);
  expect(snapshot.resources().map(({ id }) => id)).toEqual(["slow"]);
  expect([executor.stepFailed, executor.maybeCorrupt]).toEqual([true, false]);
});

test("deletes go before what they need, and stop at what is protected", async () => {
  const { seen, executor, snapshot } = setUp();
  const a = state("a", { protect: true });
  const b = state("b", { dependencies: [a.urn] });
  const c = state("c", { parent: b.urn });
  snapshot.open([a, b, c], []);
  const providers = new Providers();
  await providers.load("command");
  await runDeletes([a, b, c], providers, executor);
  expect(seen.slice(0, 5)).toEqual(["start c", "end c", "start b", "end b", "start a"]);
  expect(seen[5]).toContain(`resource "${a.urn}" cannot be deleted\nbecause it is protected`);
  expect(snapshot.resources()).toEqual([a]);
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
  await expect(executor.run([step])).rejects.toThrow();
});
