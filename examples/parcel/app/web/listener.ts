import { SchemaMismatch } from "../database/schema.ts";
import { entranceOf } from "../accounts/guards.ts";
import { messageOf, stackOf } from "../host/log.ts";
import { maintenanceOf } from "../host/maintenance.ts";
import { maintenancePage } from "../pages/maintenance.ts";
import { asset, json, problem, redirect } from "./answers.ts";
import { BadRequest, fieldsOf, readBody, usualBytes } from "./body.ts";
import { setCookie } from "./cookies.ts";
import { isCsrfToken, visitCookie, visitSeconds } from "./csrf.ts";
import { isAllowedHost } from "./hosts.ts";
import { matcher } from "./route.ts";
import { routes } from "./routes.ts";
import { makeVisit } from "./visit.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fields } from "../orders/draft.ts";
import type { Route } from "./route.ts";
import type { Answer, App, Visit } from "./visit.ts";

const routesOf = matcher(routes);

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
  const closed = alwaysOpen ? undefined : (misdirected(visit, request) ?? closedFor(visit, request));
  if (closed) return closed;
  if (path.startsWith("/assets/")) {
    const file = app.assets.read(path.slice("/assets/".length));
    return file ? asset(file.content, file.type) : problem(visit, 404, "There is no such file.");
  }
  return routed(visit, request);
}

async function routed(visit: Visit, request: IncomingMessage): Promise<Answer> {
  const matching = routesOf(visit.path);
  const match = matching.find(({ route }) => route.method === visit.method);
  if (!match && matching.length > 0) return problem(visit, 405, `${visit.method} is not possible here.`);
  if (!match) return problem(visit, 404, "There is no such page.");
  const { route, params } = match;
  if (route.method === "GET") return refusal(visit, route) ?? route.handle({ ...visit, params });
  const content = await readBody(request, route.mostBytes ?? usualBytes);
  const fields = fieldsOf(content, request.headers["content-type"]);
  if (!route.signed && !hasToken(visit, request, fields)) {
    return problem(visit, 403, "This form is too old, or did not come from this site. Load the page again.");
  }
  return refusal(visit, route) ?? route.handle({ ...visit, params, fields, content });
}

/** The token of a form is one of its fields; scripts send theirs as a header. */
function hasToken({ app, cookies }: Visit, { headers }: IncomingMessage, fields: Fields): boolean {
  const token = headers["x-csrf-token"] ?? headers["x-xsrf-token"] ?? fields.csrf;
  return isCsrfToken(app.configuration.sessionSecret, cookies, token);
}

/** What somebody is told who may not do this. */
function refusal(visit: Visit, { who }: Route): Answer | undefined {
  const { account, path } = visit;
  if (who === "anyone") return undefined;
  if (!account) return path.startsWith("/api/") ? problem(visit, 401, "Sign in first.") : redirect(entranceOf(path));
  if (who === "signed in" || who.includes(account.role)) return undefined;
  return problem(visit, 403, "Your account may not see this.");
}

function misdirected(visit: Visit, { headers }: IncomingMessage): Answer | undefined {
  if (isAllowedHost(visit.app.configuration, headers.host)) return undefined;
  return problem(visit, 421, "This service does not go by that name.");
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

function send(visit: Visit, response: ServerResponse, { status, headers, body, stream }: Answer): void {
  const page = visit.newVisit && headers["content-security-policy"];
  const visitor = page ? [setCookie(visitCookie, visit.newVisit, visitSeconds)] : [];
  const cookies = [...visitor, ...[headers["set-cookie"] ?? []].flat()];
  const length = stream ? {} : { "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length, "set-cookie": cookies });
  if (!stream || response.req.method === "HEAD") {
    response.end(body);
    return;
  }
  response.write(body);
  stream(response);
}

/** Small on purpose: only what changes something. What went wrong has its own line. */
function logRequest({ app, method, path }: Visit, status: number, milliseconds: number): void {
  if (method !== "GET") app.log("info", `${method} ${path} ${status}`, { milliseconds: Math.round(milliseconds) });
}
