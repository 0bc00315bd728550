import { json } from "../answers.ts";
import { readableCookie, setCookie } from "../cookies.ts";
import { visitCookie, visitSeconds } from "../csrf.ts";
import type { Answer, Visit } from "../visit.ts";

/** The token for scripts, also as the cookie that they know to send back in X-XSRF-TOKEN. */
export function csrf({ csrfToken, newVisit }: Visit): Answer {
  const { headers, ...answer } = json(200, { token: csrfToken });
  const visit = newVisit === undefined ? [] : [setCookie(visitCookie, newVisit, visitSeconds)];
  return { ...answer, headers: { ...headers, "set-cookie": [readableCookie("XSRF-TOKEN", csrfToken), ...visit] } };
}
