// What must hold of parcel when a release serves: each check sees what its name says, and as few others as possible do.
import { cache } from "../../actions/checks/cache.ts";
import { callback } from "../../actions/checks/callback.ts";
import { contract } from "../../actions/checks/contract.ts";
import { csrf } from "../../actions/checks/csrf.ts";
import { download } from "../../actions/checks/download.ts";
import { flow } from "../../actions/checks/flow.ts";
import { forbidden } from "../../actions/checks/forbidden.ts";
import { hostGuard } from "../../actions/checks/host-guard.ts";
import { http } from "../../actions/checks/http.ts";
import { json } from "../../actions/checks/json.ts";
import { latency } from "../../actions/checks/latency.ts";
import { login } from "../../actions/checks/login.ts";
import { logs } from "../../actions/checks/logs.ts";
import { page } from "../../actions/checks/page.ts";
import { query } from "../../actions/checks/query.ts";
import { queue } from "../../actions/checks/queue.ts";
import { routes } from "../../actions/checks/routes.ts";
import { schema } from "../../actions/checks/schema.ts";
import { sse } from "../../actions/checks/sse.ts";
import { trpc } from "../../actions/checks/trpc.ts";
import { upload } from "../../actions/checks/upload.ts";
import { version } from "../../actions/checks/version.ts";
import { inspectSqlite } from "../../actions/databases/sqlite/inspect.ts";
import { querySqlite } from "../../actions/databases/sqlite/query.ts";
import { call } from "../../components/call.ts";
import type { Checks } from "../../components/question.ts";

export interface Wanted {
  /** Where customers reach it. */
  readonly address: string;
  readonly release: string;
  readonly commit: string;
  /** The release that served before, `none` for none. */
  readonly before: string;
  /** Folder of the host on which the application's own commands are run. */
  readonly directory: string;
  /** The SQLite file. */
  readonly database: string;
  /** For a request. */
  readonly timeoutSeconds: number;
}

/** Passwords and keys that the checks ask for by name. */
export const checkSecrets = ["SMOKE_PASSWORD", "PAYMENT_SECRET"] as const;

export function smokeChecks({ address, release, commit, before, directory, database, timeoutSeconds }: Wanted) {
  const [site, host] = [
    { address, timeoutSeconds },
    { directory, folder: "." },
  ];
  const password = "SMOKE_PASSWORD";
  const guard = (name: string, landing: string) => ({
    ...{ path: `${landing}/login`, user: `smoke-${name}@parcel.test`, password },
  });
  const entrance = (name: string) =>
    call(login, { ...site, ...guard(name, `/${name}`), page: `/${name}`, serverSession: true });
  // Not a customer: when their entrance is broken, that is one thing, and not all of them.
  const signIn = guard("employee", "/employee");
  const parcel = (...argv: string[]) => ["node", "current/bin/parcel.ts", ...argv];
  const checks = {
    health: call(json, {
      url: `${address}/api/health`,
      expect: { status: "ok", database: "ok" },
      fresh: { path: "timestamp", withinSeconds: 60 },
      timeoutSeconds,
    }),
    version: call(version, { url: `${address}/api/version`, release, commit, timeoutSeconds }),
    page: call(http, { url: `${address}/login`, contains: "<form", timeoutSeconds }),
    login: call(login, { ...site, user: "smoke@parcel.test", password, page: "/orders", serverSession: true }),
    "login-admin": entrance("admin"),
    "login-employee": entrance("employee"),
    "login-sales": entrance("sales"),
    "login-support": entrance("support"),
    forbidden: call(forbidden, {
      ...{ ...site, user: signIn, allowed: guard("admin", "/admin"), routes: ["/admin"] },
      anonymous: [303],
    }),
    callback: call(callback, {
      ...{ ...site, path: "/payments/callback/test", secret: "PAYMENT_SECRET" },
      fields: { payment: "smoke-{unique}", reference: "{unique}", amountCents: "100" },
      signature: { header: "x-signature" },
      expect: { status: 303, location: "/payments/thanks" },
      effect: { path: "/payments/test/{unique}", json: "count" },
    }),
    upload: call(upload, {
      ...{ ...site, path: "/api/files" },
      // Scripts send the token back that they find in this cookie.
      signIn: { ...signIn, csrfCookie: { cookie: "XSRF-TOKEN", header: "x-xsrf-token", page: "/api/csrf" } },
    }),
    download: call(download, {
      ...{ ...site, signIn, path: "/invoices/sample.pdf" },
      ...{ type: "application/pdf", magic: "pdf", disposition: "attachment", filename: "invoice-sample.pdf" },
    }),
    sse: call(sse, {
      ...{ ...site, path: "/api/events", event: "pulse", events: 5, everySeconds: 0.3 },
      ...{ firstWithinSeconds: 2, openSeconds: 2.5 },
    }),
    csrf: call(csrf, {
      ...{ ...site, path: "/api/csrf", cookie: "XSRF-TOKEN", token: "token" },
      protected: { path: "/logout", form: {}, accepted: 303 },
    }),
    trpc: call(trpc, { ...site, calls: [{ procedure: "orders.count", expect: { total: { min: 1 } } }] }),
    orders: call(flow, {
      ...{ address, signIn },
      steps: [
        { name: "fill in", path: "/orders/new", expect: { status: 200, contains: "New order" } },
        {
          ...{ name: "order", path: "/orders", hiddenFields: true, form: order },
          expect: { status: 303 },
          capture: { order: { header: "location" } },
        },
        { name: "see it", path: "{order}", expect: { status: 200, contains: order.recipient } },
      ],
    }),
    calendar: call(flow, {
      ...{ address, signIn },
      steps: [
        { name: "look", path: "/calendar", expect: { status: 200, contains: "Pick-ups" } },
        {
          ...{ name: "book", path: "/calendar", hiddenFields: true, form: pickUp },
          expect: { status: 303, location: "/calendar" },
        },
        {
          ...{ name: "be told", path: "/calendar" },
          expect: { status: 200, contains: "The pick-up is booked." },
          capture: { booked: { body: 'action="(/calendar/\\d+/cancel)"' } },
        },
      ],
      cleanUp: [{ name: "cancel", path: "{booked}", hiddenFields: true, expect: { status: 303 } }],
    }),
    hosts: call(hostGuard, { url: `${address}/login`, timeoutSeconds }),
    latency: call(latency, {
      ...{ url: `${address}/`, requests: 10, parallel: 5, percentile: 50, timeoutSeconds },
      ...{ targetMilliseconds: 350, limitMilliseconds: 1200 },
    }),
    logs: call(logs, { directory, files: ["log/parcel.log"], format: "json" }),
    queue: call(queue, {
      ...{ ...host, put: parcel("probe-queue", "{id}"), effect: parcel("probe-queue-result", "{id}") },
      ...{ expect: '"done":true', release, withinSeconds: 10 },
    }),
    cache: call(cache, {
      ...{ ...host, write: parcel("cache", "write", "{key}", "{value}") },
      ...{ read: parcel("cache", "read", "{key}"), clear: parcel("cache", "clear", "{key}") },
    }),
    routes: call(routes, { ...host, argv: parcel("routes", "--json"), baseline: "examples/parcel/routes.json" }),
    schema: call(schema, {
      inspect: call(inspectSqlite, { path: database }),
      expect: {
        orders: ["id", "number", "customer_id", "recipient", "status", "label", "created_by", "created_at"],
        order_events: ["order_id", "at", "text"],
        jobs: ["kind", "subject", "attempts", "run_after", "done_at", "done_by"],
        appointments: ["day", "slot", "place", "note", "booked_by"],
        payments: ["payment", "reference", "amount_cents"],
      },
    }),
    query: call(query, {
      ask: call(querySqlite, {
        path: database,
        sql: "SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_events)",
      }),
      scalar: 0,
    }),
    contract: call(contract, {
      ...{ ...site, before },
      requests: ["/", "/login", "/orders", "/api/version"].map((path) => ({ path })),
      headers: [
        "content-type",
        "cache-control",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
      ],
    }),
    browser: call(page, {
      ...{ address, signIn, targetMilliseconds: 8_000, limitMilliseconds: 20_000 },
      pages: [
        { path: "/", contains: "to the doorstep" },
        { path: "/employee", contains: "Labels to print" },
      ],
    }),
  };
  return checks satisfies Checks;
}

const order = {
  ...{ recipient: "Smoke Check", street: "Havnegade 7", postalCode: "1058", city: "København", country: "DK" },
  ...{ weightGrams: "100", service: "standard" },
};

const pickUp = { day: "2199-01-02", slot: "morning", place: "Smoke Check" };
