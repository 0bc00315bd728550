/** Proves what the pipeline of the sample application does when things go wrong. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../testing/free-port.ts";
import { TestStack } from "../../testing/test-stack.ts";
import { makeRepository } from "./repository.ts";

let stack: TestStack;

beforeAll(async () => {
  const port = await freePort();
  const host = { name: "local", directory: "host", variables: { PORT: String(port), HOST_ADDRESS: "127.0.0.1" } };
  stack = await TestStack.open({
    project: join(import.meta.dirname, "../.."),
    config: {
      "switchback:environment": { address: `http://127.0.0.1:${port}`, hosts: [host], store: "store" },
      "switchback:database": { path: "parcel.sqlite" },
    },
    spare: /parcel\.ts|supervisor/,
  });
  await makeRepository(join(stack.folder, ".switchback/parcel"));
});

afterAll(async () => {
  await stack.switchback("stop");
  stack.remove();
});

test("the first release serves", async () => {
  const { ok, ran } = await stack.up();
  expect(ok).toBe(true);
  expect(ran).toContain("parcel-activation");
  expect(await stack.outputs()).toMatchObject({ serving: "v1.0.0" });
});

test("a release that nobody can log in to is taken back, and the update fails with the reason", async () => {
  stack.configure({ "switchback:release": "v1.1.0" });
  stack.answer("parcel-smoke-login", { verdict: "fail", seen: "POST /login: 500", from: "test" });
  const { ok, text } = await stack.up();
  expect(ok).toBe(false);
  expect(text).toContain("v1.1.0 was taken back: v1.0.0 serves");
  expect(text).toContain("POST /login: 500");
  expect(await stack.outputs()).toMatchObject({ serving: "v1.0.0", asked: "v1.1.0" });
});

test("power lost in the middle of the switch: the same command again ends it", async () => {
  stack.forget();
  stack.crash("parcel-activation", { inside: 2 });
  expect((await stack.up()).ok).toBe(false);
  await stack.unlock();
  const again = await stack.up();
  expect(again.ok).toBe(true);
  expect(again.ran).not.toContain("parcel-build");
  expect(await stack.outputs()).toMatchObject({ serving: "v1.1.0" });
});

test("nothing changed, nothing runs", async () => {
  expect((await stack.preview()).steps).toEqual({});
  expect((await stack.up()).ran).toEqual([]);
});

test("there is a way back, and the ledger says so", async () => {
  const { ok } = await stack.rollback("v1.0.0");
  expect(ok).toBe(true);
  expect(await stack.outputs()).toMatchObject({ serving: "v1.0.0" });
  const last = stack.ledger("store").findLast(({ step }) => step === "parcel-activation");
  expect(last).toMatchObject({ kind: "step", release: "v1.0.0", receipt: { reverted: false } });
});
