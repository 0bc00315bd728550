import { randomBytes } from "node:crypto";
import { sameText, sessionCookie, sign } from "./sessions.ts";
import type { Cookies } from "./cookies.ts";

/** Tells visitors apart who have not signed in. */
export const visitCookie = "parcel-visit";
export const visitSeconds = 24 * 60 * 60;

export function newVisit(): string {
  return randomBytes(16).toString("base64url");
}

/** The token a page puts into its forms. It belongs to one session, or before that to one visit. */
export function csrfToken(secret: string, binding: string): string {
  return sign(secret, `csrf ${binding}`);
}

export function isCsrfToken(secret: string, cookies: Cookies, token: unknown): boolean {
  const bindings = [cookies[sessionCookie], cookies[visitCookie]].filter((binding) => binding !== undefined);
  return typeof token === "string" && bindings.some((binding) => sameText(token, csrfToken(secret, binding)));
}
