import { createHmac, timingSafeEqual } from "node:crypto";
import { setCookie } from "./cookies.ts";
import type { Account } from "../accounts/accounts.ts";
import type { Cookies } from "./cookies.ts";

export const sessionCookie = "parcel-session";
const lifeSeconds = 12 * 60 * 60;

interface Session {
  readonly account: Account;
  readonly expires: number;
}

/** The session is the cookie: signed, so that signing in writes nothing to the database and any worker can read it. */
export function startSession(secret: string, account: Account): string {
  const session: Session = { account, expires: Date.now() + lifeSeconds * 1000 };
  const text = Buffer.from(JSON.stringify(session)).toString("base64url");
  return setCookie(sessionCookie, `${text}.${sign(secret, text)}`, lifeSeconds);
}

export function readSession(secret: string, cookies: Cookies): Account | undefined {
  const [text = "", signature = ""] = (cookies[sessionCookie] ?? "").split(".");
  if (!sameText(signature, sign(secret, text))) return undefined;
  const { account, expires } = JSON.parse(Buffer.from(text, "base64url").toString()) as Session;
  return expires > Date.now() ? account : undefined;
}

export function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
