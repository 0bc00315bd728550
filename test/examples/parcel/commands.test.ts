/** The commands that look at the application from the host, and what is optional being left out. */
import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, makeParcelHost } from "../../support/parcel-host.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

let host: ParcelHost;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0"]);
}, 30_000);
afterAll(() => host.remove());

async function printed(...argv: string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await host.command(...argv);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test("routes lists what is served, and to whom", async () => {
  const routes = (await printed("routes", "--json")) as { method: string; path: string; who: string }[];
  expect(routes).toHaveLength(39);
  expect(routes).toContainEqual({ method: "GET", path: "/orders/:id/invoice.pdf", who: "customer, staff, admin" });
  expect(routes).toContainEqual({ method: "GET", path: "/admin", who: "admin" });
  expect(routes).toContainEqual({ method: "DELETE", path: "/api/files/:file", who: "signed in" });
  expect(routes).toContainEqual({ method: "POST", path: "/sales/login", who: "anyone" });
  const names = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(names).size).toBe(names.length);
});

test("a probe waits while no worker works, and is then done by the release that serves", async () => {
  expect(await printed("probe-queue", "first")).toEqual({ id: "first" });
  expect(await printed("probe-queue-result", "first")).toEqual({ id: "first", done: false, release: null });
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
  const done = await eventually("the probe", async () => {
    const result = (await printed("probe-queue-result", "first")) as { done: boolean };
    return result.done ? result : undefined;
  });
  expect(done).toEqual({ id: "first", done: true, release: "v1.0.0" });
  expect(await printed("probe-queue-result", "second")).toEqual({ id: "second", done: false, release: null });
  expect(host.sql("SELECT count(*) AS jobs FROM jobs WHERE error IS NOT NULL")).toEqual([{ jobs: 0 }]);
});

test("the cache keeps a value until it is cleared", async () => {
  const ok = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });
  expect(await host.command("cache", "read", "greeting")).toEqual(ok(""));
  expect(await host.command("cache", "write", "greeting", "hello there")).toEqual(ok(""));
  expect(await host.command("cache", "read", "greeting")).toEqual(ok("hello there"));
  expect(await host.command("cache", "clear", "greeting")).toEqual(ok(""));
  expect(await host.command("cache", "read", "greeting")).toEqual(ok(""));
});

test("a shared folder may lie elsewhere", async () => {
  const shared = `${host.directory}/elsewhere`;
  mkdirSync(shared);
  host.configure("v1.0.0", { SHARED: shared });
  await host.command("cache", "write", "place", "here");
  host.configure("v1.0.0", {});
  expect((await host.command("cache", "read", "place")).stdout).toBe("");
});

test("without a payment secret there are no payments, and without allowed hosts all are", async () => {
  const sent = await fetch(new URL("/payments/callback/test", host.url), { method: "POST", body: "a=b" });
  expect([sent.status, (await host.get("/payments/test/a")).response.status]).toEqual([404, 404]);
  expect((await host.get("/login", { "x-forwarded-host": "evil.test" })).response.status).toBe(200);
});
