/** What programs talk with: tokens for scripts, tRPC's words, a stream of events, a payment provider, names of hosts. */
import { createHmac } from "node:crypto";
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeParcelHost } from "../../support/parcel-host.ts";
import { Visitor, parcelForOlga } from "./visitor.ts";
import type { IncomingMessage } from "node:http";
import type { ParcelHost } from "../../support/parcel-host.ts";

const paymentSecret = "shared with the provider";

let host: ParcelHost;
beforeAll(async () => {
  const settings = { PAYMENT_SECRET: paymentSecret, ALLOWED_HOSTS: "parcel.test, 127.0.0.1" };
  host = await makeParcelHost(["v1.0.0", "v1.1.0"], settings);
  host.migrate("v1.1.0");
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
}, 30_000);
afterAll(() => host.remove());

describe("tokens for scripts", () => {
  test("/api/csrf gives one, also as a cookie, and it is good for a form", async () => {
    const visitor = new Visitor(host);
    const { status, text, headers } = await visitor.send("/api/csrf");
    const { token } = JSON.parse(text) as { token: string };
    expect(status).toBe(200);
    const cookies = headers.getSetCookie();
    expect(cookies[0]).toBe(`XSRF-TOKEN=${token}; Path=/; SameSite=Lax`);
    expect(cookies[1]).toMatch(/^parcel-visit=[^;]+; Path=\/; HttpOnly/);
    const login = { email: "customer@parcel.test", password: "customer-demo" };
    expect((await visitor.post("/login", login, token)).location).toBe("/orders");
    const inside = JSON.parse((await visitor.send("/api/csrf")).text) as { token: string };
    expect(inside.token).not.toBe(token);
    const sent = await visitor.send("/api/orders", {
      method: "POST",
      body: JSON.stringify({ ...parcelForOlga, weightGrams: 5 }),
      headers: { "content-type": "application/json", "x-xsrf-token": inside.token },
    });
    expect(sent.status).toBe(201);
  });
});

describe("tRPC", () => {
  const ask = async (path: string, visitor = new Visitor(host)) => {
    const { status, text } = await visitor.get(`/api/trpc/${path}`);
    return { status, answer: JSON.parse(text) as Record<string, unknown> };
  };

  test("orders.count answers with its result", async () => {
    const { status, answer } = await ask("orders.count");
    expect(status).toBe(200);
    const { data } = answer.result as { data: { total: number; byStatus: Record<string, number> } };
    expect(data.total).toBe(Object.values(data.byStatus).reduce((sum, orders) => sum + orders, 0));
    expect(data.total).toBeGreaterThanOrEqual(25);
    expect(data.byStatus.delivered).toBe(12);
  });

  test("errors are tRPC's", async () => {
    const error = (code: string, number: number, httpStatus: number, path: string, message: string) => ({
      status: httpStatus,
      answer: { error: { message, code: number, data: { code, httpStatus, path } } },
    });
    expect(await ask("orders.none")).toEqual(error("NOT_FOUND", -32004, 404, "orders.none", "No such procedure"));
    expect(await ask("orders.latest")).toEqual(error("UNAUTHORIZED", -32001, 401, "orders.latest", "Sign in first"));
    const visitor = new Visitor(host);
    await visitor.signIn("staff@parcel.test", "staff-demo");
    expect((await ask("orders.latest", visitor)).answer).toMatchObject({ result: { data: { orders: { length: 5 } } } });
  });
});

describe("events", () => {
  test("come one by one, and the stream ends with its worker, which is not held up by it", async () => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(new URL("/api/events", host.url), resolve).on("error", reject);
    });
    expect(response.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" });
    let text = "";
    const arrivals: number[] = [];
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (chunk.includes("data:")) arrivals.push(performance.now());
    });
    const ended = new Promise((resolve) => response.once("end", resolve));
    await expect.poll(() => arrivals.length).toBeGreaterThanOrEqual(4);
    const gaps = arrivals.slice(1).map((time, index) => time - (arrivals[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2_000);
    const began = performance.now();
    expect((await host.reload("v1.1.0")).exitCode).toBe(0);
    await ended;
    expect(performance.now() - began).toBeLessThan(7_000);
    expect(text).toMatch(/^retry: 1000\n\nid: 1\nevent: pulse\ndata: \{"release":"v1\.0\.0","at":"[^"]+"\}\n\nid: 2\n/);
    expect(text.endsWith("\n\n")).toBe(true);
  });

  test("one who only asks for the head is not kept", async () => {
    const response = await fetch(new URL("/api/events", host.url), { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("payments", () => {
  const tell = async (payment: Record<string, unknown>, secret = paymentSecret) => {
    const body = JSON.stringify(payment);
    const headers = {
      "content-type": "application/json",
      "x-signature": createHmac("sha256", secret).update(body).digest("hex"),
    };
    return new Visitor(host).send("/payments/callback/test", { method: "POST", body, headers });
  };
  const count = async (reference: string) =>
    JSON.parse((await host.get(`/payments/test/${reference}`)).text) as unknown;
  const payment = { payment: "P-1", reference: "PX-24003", amountCents: 610 };

  test("one that is told three times is counted once, and gets the same answer", async () => {
    for (let times = 0; times < 3; times += 1) {
      expect(await tell(payment)).toMatchObject({ status: 303, location: "/payments/thanks", text: "" });
    }
    expect(await count("PX-24003")).toEqual({ count: 1 });
    await tell({ ...payment, payment: "P-2" });
    expect(await count("PX-24003")).toEqual({ count: 2 });
    expect(await count("PX-24004")).toEqual({ count: 0 });
    expect((await host.get("/payments/thanks")).text).toContain("Your payment has arrived.");
  });

  test("with a wrong signature, or incomplete, it is refused", async () => {
    expect((await tell({ ...payment, payment: "P-3" }, "guessed")).status).toBe(403);
    expect((await new Visitor(host).send("/payments/callback/test", { method: "POST", body: "" })).status).toBe(403);
    expect((await tell({ ...payment, amountCents: "much" })).status).toBe(422);
    expect(await count("PX-24003")).toEqual({ count: 2 });
  });
});

describe("names of the host", () => {
  const ask = (name: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(new URL(path, host.url), { headers: { host: name } }, (response) => {
        resolve(response.resume().statusCode);
      }).on("error", reject);
    });

  test("only the allowed ones are answered, health and version under any", async () => {
    const names = ["127.0.0.1", "parcel.test", "PARCEL.test:80", "evil.test", "evil.test:80", "parcel.test.evil.test"];
    const statuses = await Promise.all(names.map((name) => ask(name, "/login")));
    expect(statuses).toEqual([200, 200, 200, 421, 421, 421]);
    expect(await Promise.all(["/api/health", "/api/version"].map((path) => ask("evil.test", path)))).toEqual([
      200, 200,
    ]);
  });
});
