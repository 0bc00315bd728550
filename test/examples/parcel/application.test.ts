/** The sample application on a real port: who gets in, orders, the label queue, health, maintenance, a changing database. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, backup } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, makeParcelHost, smokePassword } from "../../support/parcel-host.ts";
import { Visitor, parcelForOlga } from "./visitor.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

let host: ParcelHost;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0", "v1.1.0", "v1.2.0"]);
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
}, 30_000);
afterAll(() => host.remove());

/** Copies a database with the backup API, as deployments do, also onto one that is in use. */
async function copyInto(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from);
  await backup(source, to);
  source.close();
}

function accountOf(role: string): [string, string] {
  return [`${role}@parcel.test`, `${role}-demo`];
}

async function signedIn(role: string): Promise<Visitor> {
  const visitor = new Visitor(host);
  expect((await visitor.signIn(...accountOf(role))).location).toBe("/orders");
  return visitor;
}

describe("who gets in", () => {
  test.each(["customer", "staff", "admin"])("%s signs in and out", async (role) => {
    const visitor = await signedIn(role);
    expect((await visitor.get("/orders")).status).toBe(200);
    expect(await visitor.post("/logout", {})).toMatchObject({ status: 303, location: "/login" });
    expect(await visitor.get("/orders")).toMatchObject({ status: 303, location: "/login" });
  });

  test("the smoke account has the password of the configuration, and signing in writes nothing", async () => {
    const reader = new DatabaseSync(host.database);
    const version = () => reader.prepare("PRAGMA data_version").get();
    const before = version();
    const visitor = new Visitor(host);
    expect(await visitor.signIn("smoke@parcel.test", smokePassword)).toMatchObject({
      status: 303,
      location: "/orders",
    });
    expect((await visitor.get("/orders")).text).toContain("Your orders");
    expect(version()).toEqual(before);
    reader.close();
  });

  test.each([
    ["customer@parcel.test", "wrong"],
    ["nobody@parcel.test", "customer-demo"],
    ["smoke@parcel.test", ""],
  ])("refuses %s with the password '%s'", async (email, password) => {
    const visitor = new Visitor(host);
    const { status, text } = await visitor.signIn(email, password);
    expect(status).toBe(401);
    expect(text).toContain("The e-mail address or the password is wrong.");
    expect(visitor.cookie).not.toContain("parcel-session");
  });

  test("refuses a session that somebody wrote himself", async () => {
    const account = { id: 1, email: "admin@parcel.test", name: "Me", role: "admin" };
    const text = Buffer.from(JSON.stringify({ account, expires: Date.now() + 60_000 })).toString("base64url");
    const { response } = await host.get("/admin", { cookie: `parcel-session=${text}.${text}` });
    expect(response.headers.get("location")).toBe("/admin/login");
  });

  test("a form without its token, or with somebody else's, is refused", async () => {
    const [mine, other] = [await signedIn("customer"), new Visitor(host)];
    const form = await other.get("/login");
    const statuses = [
      (await mine.post("/orders", parcelForOlga, "")).status,
      (await mine.post("/orders", parcelForOlga, other.token)).status,
      (await mine.postJson("/api/orders", parcelForOlga, "")).status,
      (await other.post("/login", { email: "customer@parcel.test", password: "customer-demo" }, "")).status,
    ];
    expect(form.status).toBe(200);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });

  test("the administration is for administrators", async () => {
    const statuses = await Promise.all(
      ["customer", "staff", "admin"].map(async (role) => (await (await signedIn(role)).get("/admin")).status),
    );
    expect(statuses).toEqual([403, 403, 200]);
  });
});

describe("orders", () => {
  test("an order made in the form appears in its list, and its label is printed", async () => {
    const visitor = await signedIn("customer");
    await visitor.get("/orders/new");
    const { status, location } = await visitor.post("/orders", parcelForOlga);
    expect([status, location]).toEqual([303, "/orders/26"]);
    expect((await visitor.get("/orders")).text).toContain("Olga &lt;b&gt;Nilsen&lt;/b&gt;");
    const page = await eventually("the label", async () => {
      const { text } = await visitor.get("/orders/26");
      return text.includes("is being printed") ? undefined : text;
    });
    expect(page).toContain("<code>PX000000266EU</code>");
    expect(page).toContain("PX-24026");
  });

  test("mistakes come back all at once, with what was entered", async () => {
    const visitor = await signedIn("customer");
    await visitor.get("/orders/new");
    const { status, text } = await visitor.post("/orders", { ...parcelForOlga, city: " ", weightGrams: "40000" });
    expect(status).toBe(422);
    expect(text.match(/<em>[^<]+/g)).toEqual(["<em>is missing", "<em>is not a whole number between 1 and 31500"]);
    expect(text).toContain('value="Kirkegata 4"');
  });

  test("the API creates, lists and shows orders", async () => {
    const visitor = await signedIn("staff");
    await visitor.get("/orders");
    const order = { ...parcelForOlga, recipient: "Per Dahl", weightGrams: 900 };
    const created = await visitor.postJson("/api/orders", order, visitor.token);
    expect(created.status).toBe(201);
    const { id } = (JSON.parse(created.text) as { order: { id: number } }).order;
    expect(JSON.parse((await visitor.get(`/api/orders/${id}`)).text)).toMatchObject({ order: { ...order, id } });
    const { orders } = JSON.parse((await visitor.get("/api/orders")).text) as { orders: { id: number }[] };
    expect(orders[0]?.id).toBe(id);
    expect((await visitor.postJson("/api/orders", [], visitor.token)).status).toBe(400);
  });

  test("customers see their own orders only; without a session the API answers 401", async () => {
    const visitor = await signedIn("customer");
    expect((await visitor.get("/orders/2")).status).toBe(404);
    expect((await host.get("/api/orders")).response.status).toBe(401);
  });
});

describe("maintenance", () => {
  const secret = "let me in";
  const bypassDigest = createHash("sha256").update(secret).digest("hex");
  const soon = () => new Date(Date.now() + 60_000).toISOString();

  test("answers 503 to everybody but those who know the secret, and health and version to all", async () => {
    host.maintenance({ until: soon(), message: "New shelves.", bypassDigest });
    const { response, text } = await host.get("/login");
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(text).toContain("New shelves.");
    const statuses = await Promise.all([
      host.get("/api/orders"),
      host.get("/login", { "maintenance-bypass": "wrong" }),
      host.get("/login", { "maintenance-bypass": secret }),
      host.get("/login", { cookie: `maintenance-bypass=${secret}` }),
      host.get("/api/health"),
      host.get("/api/version"),
    ]);
    expect(statuses.map((answer) => answer.response.status)).toEqual([503, 503, 200, 200, 200, 200]);
    host.maintenance({ until: new Date(Date.now() - 1000).toISOString(), message: "", bypassDigest });
    expect((await host.get("/login")).response.status).toBe(200);
  });

  test("no label is printed until it is over", async () => {
    const until = new Date(Date.now() + 700).toISOString();
    host.maintenance({ until, message: "", bypassDigest });
    host.sql("INSERT INTO jobs (kind, order_id, run_after) VALUES ('label', 3, '2026-01-01') RETURNING id");
    const [job] = await eventually("the label", () => {
      const done = host.sql("SELECT done_at FROM jobs ORDER BY id DESC LIMIT 1");
      return done[0]?.done_at ? done : undefined;
    });
    expect(String(job?.done_at) >= until).toBe(true);
    host.maintenance(undefined);
  });
});

describe("a database that changes while the application is connected", () => {
  const saved = join(tmpdir(), `parcel-${process.pid}.sqlite`);
  afterAll(() => {
    rmSync(saved, { force: true });
  });
  const logText = () => readFileSync(join(host.directory, "log", "parcel.log"), "utf8");
  const signedInAsSmoke = async () => {
    const visitor = new Visitor(host);
    await visitor.signIn("smoke@parcel.test", smokePassword);
    return visitor;
  };
  const health = async () => JSON.parse((await host.get("/api/health")).text) as Record<string, unknown>;

  test("the health names the schema's revision", async () => {
    const { timestamp, ...rest } = await health();
    expect(Date.parse(String(timestamp))).toBeGreaterThan(Date.now() - 10_000);
    expect(rest).toEqual({ status: "ok", database: "ok", schema: "0001" });
  });

  test("old code runs on an expanded schema, and says so where it does not fit", async () => {
    host.migrate("v1.1.0");
    expect(await health()).toMatchObject({ status: "ok", schema: "0002" });
    await copyInto(host.database, saved);
    host.migrate("v1.2.0");
    expect((await host.reload("v1.1.0")).exitCode).toBe(0);
    const reason = "the database schema does not fit this release: orders.service missing";
    expect(await health()).toMatchObject({ status: "failing", reason });
    expect((await host.get("/api/health")).response.status).toBe(503);
    expect((await (await signedInAsSmoke()).get("/orders")).status).toBe(503);
    expect(logText()).toContain(`does not run on this database: ${reason}`);
  });

  test("a backup restored into the file serves at once", async () => {
    await copyInto(saved, host.database);
    expect(await health()).toMatchObject({ status: "ok", schema: "0002" });
    expect((await (await signedInAsSmoke()).get("/orders")).status).toBe(200);
  });

  test("v1.2.0 runs on both schemas, also while it is connected", async () => {
    expect((await host.reload("v1.2.0")).exitCode).toBe(0);
    const visitor = await signedIn("staff");
    await visitor.get("/orders/new");
    expect((await visitor.post("/orders", { ...parcelForOlga, insured: "120.50" })).status).toBe(303);
    host.migrate("v1.2.0");
    expect(await health()).toMatchObject({ status: "ok", schema: "0003" });
    expect((await visitor.post("/orders", { ...parcelForOlga, insured: "0" })).status).toBe(303);
    expect((await visitor.get("/orders")).text).toContain("€120.50");
  });
});
