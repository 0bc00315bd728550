import { readCookies } from "./cookies.ts";
import { csrfToken, newVisit, visitCookie } from "./csrf.ts";
import { readSession, sessionCookie } from "./sessions.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account, SignIn } from "../accounts/accounts.ts";
import type { Database } from "../database/connection.ts";
import type { Configuration } from "../host/configuration.ts";
import type { Log } from "../host/log.ts";
import type { Fields } from "../orders/draft.ts";
import type { Assets } from "./assets.ts";
import type { Cookies } from "./cookies.ts";

export interface App {
  readonly host: string;
  readonly configuration: Configuration;
  readonly database: Database;
  readonly signIn: SignIn;
  readonly assets: Assets;
  readonly log: Log;
}

/** One request, as far as the pages care. */
export interface Visit {
  readonly app: App;
  readonly method: string;
  readonly path: string;
  readonly cookies: Cookies;
  readonly account: Account | undefined;
  readonly csrfToken: string;
  /** By whom the content says it was sent, for senders without a session. */
  readonly signature: string | undefined;
  /** Set when this visit is somebody's first: the cookie to give them. */
  readonly newVisit: string | undefined;
  readonly fields: Fields;
  /** What the fields were read from, and what a signature is about. */
  readonly content: Buffer;
  readonly params: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
  /** Goes on where the body ends, and ends the answer. */
  readonly stream?: (response: ServerResponse) => void;
}

export function makeVisit(app: App, request: IncomingMessage, path: string): Visit {
  const secret = app.configuration.sessionSecret;
  const cookies = readCookies(request.headers.cookie);
  const account = readSession(app.configuration, cookies);
  const first = cookies[visitCookie] ? undefined : newVisit();
  const binding = (account && cookies[sessionCookie]) ?? cookies[visitCookie] ?? first ?? "";
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const token = csrfToken(secret, binding);
  const header = request.headers["x-signature"];
  const signature = typeof header === "string" ? header : undefined;
  const sent = { signature, fields: {}, content: Buffer.alloc(0), params: [] };
  return { app, method, path, cookies, account, csrfToken: token, newVisit: first, ...sent };
}
