import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { hasEnded, rememberEnd } from "../accounts/ended-sessions.ts";
import { setCookie } from "./cookies.ts";
import type { Account } from "../accounts/accounts.ts";
import type { Configuration } from "../host/configuration.ts";
import type { Cookies } from "./cookies.ts";

export const sessionCookie = "parcel-session";
const lifeSeconds = 12 * 60 * 60;

interface Session {
  readonly id: string;
  readonly account: Account;
  readonly expires: number;
}

/** The session is the cookie: signed, so that signing in writes nothing and any worker can read it. */
export function startSession({ sessionSecret: secret }: Configuration, account: Account): string {
  const session: Session = { id: randomUUID(), account, expires: Date.now() + lifeSeconds * 1000 };
  const text = Buffer.from(JSON.stringify(session)).toString("base64url");
  return setCookie(sessionCookie, `${text}.${sign(secret, text)}`, lifeSeconds);
}

export function readSession(configuration: Configuration, cookies: Cookies): Account | undefined {
  const session = signedSession(configuration, cookies);
  if (!session || session.expires <= Date.now() || hasEnded(configuration, session.id)) return undefined;
  return session.account;
}

/** A copy of the cookie is worth nothing from now on. */
export function endSession(configuration: Configuration, cookies: Cookies): void {
  const session = signedSession(configuration, cookies);
  if (session) rememberEnd(configuration, session.id, lifeSeconds);
}

function signedSession({ sessionSecret }: Configuration, cookies: Cookies): Session | undefined {
  const [text = "", signature = ""] = (cookies[sessionCookie] ?? "").split(".");
  if (!sameText(signature, sign(sessionSecret, text))) return undefined;
  return JSON.parse(Buffer.from(text, "base64url").toString()) as Session;
}

export function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
