import { SchemaMismatch } from "../database/schema.ts";
import { messageOf, stackOf } from "../host/log.ts";
import { maintenanceOf } from "../host/maintenance.ts";
import { maintenancePage } from "../pages/maintenance.ts";
import { asset, json, problem, redirect } from "./answers.ts";
import { BadRequest, readFields } from "./body.ts";
import { setCookie } from "./cookies.ts";
import { isCsrfToken, visitCookie } from "./csrf.ts";
import { routes } from "./routes.ts";
import { makeVisit } from "./visit.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, App, Visit } from "./visit.ts";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export function makeListener(app: App): Listener {
  return (request, response) => {
    const began = performance.now();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const visit = makeVisit(app, request, path);
    void answer(visit, request)
      .catch((error: unknown) => failure(visit, error))
      .then((found) => {
        send(visit, response, found);
        logRequest(visit, found.status, performance.now() - began);
      });
  };
}

async function answer(visit: Visit, request: IncomingMessage): Promise<Answer> {
  const { app, path } = visit;
  const alwaysOpen = path === "/api/health" || path === "/api/version";
  const closed = alwaysOpen ? undefined : closedFor(visit, request);
  if (closed) return closed;
  if (path.startsWith("/assets/")) {
    const file = app.assets.read(path.slice("/assets/".length));
    return file ? asset(file.content, file.type) : problem(visit, 404, "There is no such file.");
  }
  return routed(visit, request);
}

async function routed(visit: Visit, request: IncomingMessage): Promise<Answer> {
  const matching = routes.filter((route) => route.path.test(visit.path));
  const route = matching.find(({ method }) => method === visit.method);
  if (!route && matching.length > 0) return problem(visit, 405, `${visit.method} is not possible here.`);
  if (!route) return problem(visit, 404, "There is no such page.");
  const { app, cookies, account, path } = visit;
  const fields = route.method === "POST" ? await readFields(request) : {};
  const token = request.headers["x-csrf-token"] ?? fields.csrf;
  if (route.method === "POST" && !isCsrfToken(app.configuration.sessionSecret, cookies, token)) {
    return problem(visit, 403, "This form is too old, or did not come from this site. Load the page again.");
  }
  if (route.who !== "anyone" && !account) {
    return path.startsWith("/api/") ? problem(visit, 401, "Sign in first.") : redirect("/login");
  }
  if (route.who === "admin" && account?.role !== "admin")
    return problem(visit, 403, "Only administrators may see this.");
  return route.handle({ ...visit, fields, params: (route.path.exec(path) ?? []).slice(1) });
}

/** During maintenance nobody gets in but those who know the secret. */
function closedFor({ app, path, cookies }: Visit, request: IncomingMessage): Answer | undefined {
  const maintenance = maintenanceOf(app.host);
  const header = request.headers["maintenance-bypass"];
  const secret = typeof header === "string" ? header : cookies["maintenance-bypass"];
  if (!maintenance || maintenance.admits(secret)) return undefined;
  const retry = { "retry-after": String(maintenance.retryAfterSeconds) };
  const { status, headers, body } = path.startsWith("/api/")
    ? json(503, { error: maintenance.message })
    : {
        status: 503,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: maintenancePage(maintenance.message),
      };
  return { status, headers: { ...headers, ...retry, "cache-control": "no-store" }, body };
}

function failure(visit: Visit, error: unknown): Answer {
  if (error instanceof BadRequest) return problem(visit, error.status, error.message);
  visit.app.log("error", `${visit.method} ${visit.path} failed: ${messageOf(error)}`, stackOf(error));
  if (error instanceof SchemaMismatch)
    return problem(visit, 503, "The service is being updated. Try again in a moment.");
  return problem(visit, 500, "Something went wrong on our side.");
}

function send(visit: Visit, response: ServerResponse, { status, headers, body }: Answer): void {
  const page = visit.newVisit && headers["content-security-policy"];
  const cookie = page ? { "set-cookie": [setCookie(visitCookie, visit.newVisit, 24 * 60 * 60)] } : {};
  response.writeHead(status, { ...cookie, ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Small on purpose: only what changes something. What went wrong has its own line. */
function logRequest({ app, method, path }: Visit, status: number, milliseconds: number): void {
  if (method === "POST") app.log("info", `${method} ${path} ${status}`, { milliseconds: Math.round(milliseconds) });
}
