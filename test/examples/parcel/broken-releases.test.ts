/** The releases that are broken on purpose are broken as announced, and in no other way. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, makeParcelHost, smokePassword } from "../../support/parcel-host.ts";
import { Visitor, parcelForOlga } from "./visitor.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

let host: ParcelHost;
/** Signed in while v1.1.0 served; the session outlives the release. */
let staff: Visitor;
beforeAll(async () => {
  host = await makeParcelHost(["v1.1.0", "v1.3.0-broken", "v1.4.0-broken"]);
  expect((await host.command("reload")).exitCode).toBe(0);
  staff = new Visitor(host);
  await staff.signIn("staff@parcel.test", "staff-demo");
}, 30_000);
afterAll(() => host.remove());

async function statusesOf(...paths: string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await staff.get(path)).status));
}

test("v1.3.0-broken comes up healthy, then fails where it needs the carrier's rates, and only there", async () => {
  const reload = host.reload("v1.3.0-broken");
  await eventually("a healthy answer, with the age of the rates", async () => {
    const { response, text } = await host.get("/api/health");
    return (response.status === 200 && text.includes('"rates":"2026-11-01"')) || undefined;
  });
  expect(await reload).toMatchObject({ exitCode: 0, stderr: "" });
  await eventually("the failure", async () => {
    const statuses = await statusesOf("/api/health", "/api/health", "/api/health", "/api/health");
    return statuses.every((status) => status === 500) || undefined;
  });
  expect(await statusesOf("/api/health", "/orders", "/api/orders")).toEqual([500, 500, 500]);
  expect(await statusesOf("/api/version", "/", "/orders/new", "/orders/3")).toEqual([200, 200, 200, 200]);
  expect((await host.get("/login")).response.status).toBe(200);
  const lines = readFileSync(join(host.directory, "log", "parcel.log"), "utf8")
    .trim()
    .split("\n");
  const failure = lines.map((line) => JSON.parse(line) as Record<string, string>).find(({ stack }) => stack);
  expect(failure).toMatchObject({
    level: "error",
    release: "v1.3.0-broken",
    message: "GET /api/health failed: Cannot read properties of undefined (reading 'since')",
  });
  expect(failure?.stack).toContain("orders/rates.ts");
});

test("v1.4.0-broken is healthy on both schemas, but nobody can sign in", async () => {
  expect(await host.reload("v1.4.0-broken")).toMatchObject({ exitCode: 0, stderr: "" });
  for (const schema of ["0002", "0003"]) {
    const health = JSON.parse((await host.get("/api/health")).text) as Record<string, unknown>;
    expect(health).toMatchObject({ status: "ok", schema });
    expect(await statusesOf("/orders", "/api/orders", "/orders/3")).toEqual([200, 200, 200]);
    await staff.get("/orders/new");
    expect((await staff.post("/orders", parcelForOlga)).status).toBe(303);
    expect((await staff.get("/orders")).text).toContain("Nilsen");
    for (const [email, password] of [
      ["smoke@parcel.test", smokePassword],
      ["admin@parcel.test", "admin-demo"],
    ] as const) {
      expect((await new Visitor(host).signIn(email, password)).status).toBe(401);
    }
    if (schema === "0002") host.migrate("v1.4.0-broken");
  }
});

test("v1.1.0 does not run on the schema of v1.4.0-broken, until its own down file has run", async () => {
  expect((await host.reload("v1.1.0")).exitCode).toBe(0);
  const { response, text } = await host.get("/api/health");
  expect(response.status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    status: "failing",
    reason: "the database schema does not fit this release: orders.recipient missing",
  });
  const [row] = host.sql("SELECT down_sql FROM switchback_migrations WHERE revision = '0003'");
  host.sql(String(row?.down_sql));
  expect((await host.get("/api/health")).response.status).toBe(200);
  expect((await staff.get("/orders")).text).toContain("Nilsen");
  expect((await new Visitor(host).signIn("admin@parcel.test", "admin-demo")).status).toBe(303);
});
