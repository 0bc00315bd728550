/** Proves what a test of a pipeline can do: run it, say what steps answer, fail and kill them, and read what happened. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { TestStack, type TestStackOptions } from "../../testing/test-stack.ts";
import { embedded, type Engine, engines } from "../support/engines.ts";
import { makeSmallProject } from "../support/small-project.ts";

async function openStack({ name, path }: Engine, options: TestStackOptions = {}): Promise<TestStack> {
  const engine = name === "embedded" ? {} : { engine: path };
  const stack = await TestStack.open({ project: makeSmallProject(), ...engine, ...options });
  onTestFinished(() => {
    stack.remove();
  });
  return stack;
}

function written(stack: TestStack): string {
  const file = join(stack.folder, "written");
  return existsSync(file) ? readFileSync(file, "utf8").trim().replaceAll("\n", ", ") : "";
}

test.each(engines)(
  "a pipeline runs for real, away from the project's own folder, on the $name engine",
  async (engine) => {
    const stack = await openStack(engine, { config: { "small:release": "v2" } });
    const preview = await stack.preview();
    expect(preview.steps).toEqual({ begin: "create", middle: "create", end: "create" });
    expect(preview.ran).toEqual([]);
    const up = await stack.up();
    expect(up).toMatchObject({ ok: true, exitCode: 0, ran: ["begin", "middle", "end"], steps: preview.steps });
    expect(written(stack)).toBe("v2 begin, v2 middle, v2 end");
    expect(await stack.outputs()).toEqual({ said: "end" });
    expect((await stack.receipts()).middle).toEqual({ id: "v2", number: 1, line: "middle" });
    expect(stack.ledger("store").map(({ step }) => step)).toEqual(["begin", "middle", "end"]);
    expect((await stack.up()).steps).toEqual({});
    stack.configure({ "small:release": "v3" });
    expect((await stack.preview()).steps).toEqual({ begin: "update", middle: "update", end: "update" });
  },
);

test("another working copy goes on with the same state", async () => {
  const stack = await openStack(embedded);
  await stack.up();
  const beside = await openStack(embedded, { beside: stack });
  expect((await beside.preview()).steps).toEqual({});
  beside.configure({ "small:release": "v2" });
  expect(await beside.up()).toMatchObject({ ok: true });
  expect((await stack.preview()).steps).toEqual({ begin: "update", middle: "update", end: "update" });
});

test("a step answers what the test wants, and so does every use of an action", async () => {
  const stack = await openStack(embedded);
  stack.answer("./actions/write", { id: "x", number: 1, line: "any" });
  stack.answer("end", { id: "x", number: 1, line: "the end" });
  const { uses } = await stack.up();
  expect(uses.map(({ how }) => how)).toEqual(["answered", "answered", "answered"]);
  expect(await stack.outputs()).toEqual({ said: "the end" });
  expect(written(stack)).toBe("");
  stack.forget();
  stack.configure({ "small:release": "v2" });
  await stack.up();
  expect(written(stack)).toBe("v2 begin, v2 middle, v2 end");
});

test("a step fails as often as the test wants, and the next update goes on there", async () => {
  const stack = await openStack(embedded);
  stack.fail("middle", "no paper left", 1);
  const failed = await stack.up();
  expect(failed).toMatchObject({ ok: false, exitCode: 1 });
  expect(failed.text).toContain("no paper left");
  expect(await stack.up()).toMatchObject({ ok: true, ran: ["middle", "end"] });
  expect(written(stack)).toBe("v1 begin, v1 middle, v1 end");
});

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("what is killed, and when (needs /proc)", () => {
  const cuts = [
    [embedded, "before", "v1 begin"],
    ...engines.map((engine) => [engine, { inside: 1 }, "v1 begin"] as const),
    [embedded, { inside: 2 }, "v1 begin, v1 middle"],
    [embedded, "after", "v1 begin, v1 middle"],
  ] as const;
  test.for(cuts)("power is lost on %o at %j", async ([engine, moment, before]) => {
    const stack = await openStack(engine);
    const hasHappened = stack.crash("middle", moment);
    expect(hasHappened()).toBe(false);
    expect(await stack.up()).toMatchObject({ ok: false, exitCode: undefined });
    expect(hasHappened()).toBe(true);
    expect(written(stack)).toBe(before);
    expect((await stack.up()).text).toContain("the stack is currently locked by 1 lock(s)");
    await stack.unlock();
    expect(await stack.up()).toMatchObject({ ok: true, ran: ["middle", "end"] });
  });

  test("only the step's process", async () => {
    const stack = await openStack(embedded);
    stack.crash("middle", "before", "step");
    const killed = await stack.up();
    expect(killed).toMatchObject({ ok: false, exitCode: 1, ran: ["begin"] });
    expect(killed.text).toContain("update failed");
    expect(await stack.up()).toMatchObject({ ok: true, ran: ["middle", "end"] });
  });

  test.for(engines)("only the provider of $name", async (engine) => {
    const stack = await openStack(engine);
    stack.crash("middle", { inside: 1 }, "provider");
    expect(await stack.up()).toMatchObject({ ok: false });
    await stack.unlock();
    expect(await stack.up()).toMatchObject({ ok: true });
    // The CLI kills what its plugin has started: that may be before the step has ended, or after.
    expect(stack.ledger("store").map(({ step }) => step)).toEqual(["begin", "middle", "end"]);
  });

  test("only the engine: the step ends what it has begun, and the next update takes its receipt", async () => {
    const stack = await openStack(embedded);
    stack.crash("middle", { inside: 1 }, "engine");
    expect(await stack.up()).toMatchObject({ ok: false, exitCode: undefined });
    await stack.unlock();
    const again = await stack.up();
    expect(again.ok).toBe(true);
    expect(written(stack)).toBe("v1 begin, v1 middle, v1 end");
  });

  test.each(["interrupt", "interrupt twice"] as const)("Ctrl-C: %s", async (what) => {
    const stack = await openStack(embedded);
    stack.crash("middle", "before", what);
    expect(await stack.up()).toMatchObject({ ok: false, exitCode: 1, ran: ["begin"] });
    expect(await stack.up()).toMatchObject({ ok: true, ran: ["middle", "end"] });
    expect(written(stack)).toBe("v1 begin, v1 middle, v1 end");
  });
});

test("a folder that is no project is refused", async () => {
  await expect(TestStack.open({ project: "/" })).rejects.toThrow(
    "/: there is no Pulumi.yaml. Name your project's folder.",
  );
});
