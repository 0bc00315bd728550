/** What v1.0.0 promises, each promise as a question with yes or no for an answer. Asked as somebody of the staff, so that an
 * entrance of others may be broken alone. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { eventually, smokePassword } from "../../support/parcel-host.ts";
import { paymentSecret } from "./release-alone.ts";
import { Visitor, parcelForOlga } from "./visitor.ts";
import type { ReleaseAlone } from "./release-alone.ts";

type Question = (release: ReleaseAlone, staff: Visitor) => boolean | Promise<boolean>;

const login =
  (entrance: string, email: string, landing: string): Question =>
  async (release) => {
    const visitor = new Visitor(release);
    await visitor.signIn(email, smokePassword, entrance);
    return (await visitor.get(landing)).status === 200;
  };

export const promises: Readonly<Record<string, Question>> = {
  health: async ({ url }) => {
    const { timestamp, status } = await json(url, "/api/health");
    return status === "ok" && Date.parse(String(timestamp)) > Date.now() - 60_000;
  },
  version: async ({ url, host }) => {
    const revision = readFileSync(join(host.directory, "current", "REVISION"), "utf8").trim();
    return (await json(url, "/api/version")).commit === revision;
  },
  "customer-login": login("/login", "smoke@parcel.test", "/orders"),
  "admin-login": login("/admin/login", "smoke-admin@parcel.test", "/admin"),
  "employee-login": login("/employee/login", "smoke-employee@parcel.test", "/employee"),
  "sales-login": login("/sales/login", "smoke-sales@parcel.test", "/sales"),
  "support-login": login("/support/login", "smoke-support@parcel.test", "/support"),
  logout: async (release) => {
    const visitor = await signedIn(release);
    const old = visitor.cookie;
    await visitor.get("/orders");
    await visitor.post("/logout", {});
    const copied = await fetch(new URL("/orders", release.url), { headers: { cookie: old }, redirect: "manual" });
    return copied.status === 303 && (await visitor.get("/orders")).status === 303;
  },
  forbidden: async (_, staff) => (await staff.get("/admin")).status === 403,
  callback: async (release) => {
    const { status, location } = await pay(release, "first");
    const forged = await pay(release, "forged", "guessed");
    return status === 303 && location === "/payments/thanks" && forged.status === 403;
  },
  replay: async (release) => {
    for (const _ of [1, 2]) await pay(release, "second");
    return (await json(release.url, "/payments/test/second")).count === 1;
  },
  upload: async (_, staff) => {
    const content = Uint8Array.from({ length: 500 }, (__, index) => index % 256);
    const form = new FormData();
    form.set("file", new File([content], "a.bin"));
    const headers = { "x-csrf-token": staff.token };
    const { location } = await staff.send("/api/files", { method: "POST", body: form, headers });
    return (await staff.get(location ?? "")).bytes.equals(content);
  },
  download: async (_, staff) => {
    const { headers } = await staff.get("/orders/3/invoice.pdf");
    return (
      headers.get("content-type") === "application/pdf" &&
      headers.get("content-disposition") === 'attachment; filename="invoice-3.pdf"'
    );
  },
  sse: async ({ url }) => {
    const { body } = await fetch(new URL("/api/events", url));
    const reader = body?.getReader();
    let text = "";
    const arrivals: number[] = [];
    while (arrivals.length < 3) {
      const piece = await reader?.read();
      if (piece?.value === undefined) return false;
      const before = text.split("data:").length;
      text += Buffer.from(piece.value).toString();
      for (let event = before; event < text.split("data:").length; event += 1) arrivals.push(performance.now());
    }
    await reader?.cancel();
    return (arrivals[2] ?? 0) - (arrivals[0] ?? 0) > 300;
  },
  csrf: async (release) => {
    const { headers, text } = await new Visitor(release).get("/api/csrf");
    const { token } = JSON.parse(text) as { token: string };
    return headers.getSetCookie().some((cookie) => cookie.startsWith(`XSRF-TOKEN=${token};`));
  },
  trpc: async ({ url }) => {
    const { result } = (await json(url, "/api/trpc/orders.count")) as { result?: { data?: { total: number } } };
    return (result?.data?.total ?? 0) >= 25;
  },
  calendar: async (_, staff) => {
    await staff.post("/calendar", { day: "2199-01-02", slot: "morning", place: "Havnegade 7" });
    return (await staff.get("/calendar")).text.includes("Havnegade 7");
  },
  flash: async (release) => {
    const visitor = await signedIn(release);
    await visitor.get("/calendar");
    await visitor.post("/calendar", { day: "2199-01-02", slot: "evening", place: "Somewhere" });
    const pages = [await visitor.get("/calendar"), await visitor.get("/calendar")];
    return pages.map(({ text }) => text.includes("The pick-up is booked.")).join() === "true,false";
  },
  order: async (_, staff) => {
    const { location } = await staff.post("/orders", parcelForOlga);
    return (await staff.get(location ?? "")).text.includes("Nilsen");
  },
  hosts: async ({ url }) =>
    new Promise((resolve, reject) => {
      get(new URL("/login", url), { headers: { host: "evil.test" } }, (response) => {
        resolve(response.resume().statusCode === 421);
      }).on("error", reject);
    }),
  queue: async ({ host: { database, directory } }) => {
    await command(directory, "probe-queue", "p");
    const done = "SELECT count(done_by) AS it FROM jobs WHERE subject = 'p'";
    return eventually("the probe", () => answer(database, done) === 1 || undefined, 3).catch(() => false);
  },
  cache: async ({ host: { directory } }) => {
    await command(directory, "cache", "write", "k", "v");
    return (await command(directory, "cache", "read", "k")) === "v";
  },
  routes: async ({ host }) => (JSON.parse(await command(host.directory, "routes", "--json")) as object[]).length === 39,
  page: async ({ url }) => !/ style=| on\w+=|<script/.test(await (await fetch(url)).text()),
  schema: ({ host }) => answer(host.database, "SELECT count(*) AS it FROM pragma_table_info('appointments')") === 6,
  query: ({ host }) => {
    const without = "SELECT count(*) AS it FROM orders WHERE id NOT IN (SELECT order_id FROM order_events)";
    return answer(host.database, without) === 0;
  },
  headers: async ({ url }) => (await fetch(url)).headers.get("x-content-type-options") === "nosniff",
  cookie: async (release) => {
    const { headers } = await new Visitor(release).get("/login");
    return headers.getSetCookie().every((cookie) => cookie.includes("HttpOnly"));
  },
};

/** To be asked before the others: they make the machine busy. In milliseconds, the best of three. */
export async function milliseconds({ url }: ReleaseAlone): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const began = performance.now();
    await (await fetch(url)).text();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

/** To be asked after the others: nothing went wrong meanwhile. */
export const logs = ({ logText }: ReleaseAlone): boolean => !logText().includes('"stack"');

export async function signedIn(release: ReleaseAlone): Promise<Visitor> {
  const visitor = new Visitor(release);
  await visitor.signIn("smoke-employee@parcel.test", smokePassword, "/employee/login");
  await visitor.get("/employee");
  return visitor;
}

async function json(url: string, path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(new URL(path, url))).json()) as Record<string, unknown>;
}

async function pay(release: ReleaseAlone, reference: string, secret = paymentSecret) {
  const body = new URLSearchParams({
    payment: `of ${reference}`.replace(" ", "-"),
    reference,
    amountCents: "100",
  }).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-signature": createHmac("sha256", secret).update(body).digest("hex"),
  };
  return new Visitor(release).send("/payments/callback/test", { method: "POST", body, headers });
}

async function command(directory: string, ...argv: string[]): Promise<string> {
  return (await execa(process.execPath, ["current/bin/parcel.ts", ...argv], { cwd: directory })).stdout;
}

function answer(file: string, sql: string): unknown {
  const database = new DatabaseSync(file);
  const { it } = database.prepare(sql).get() ?? {};
  database.close();
  return it;
}
