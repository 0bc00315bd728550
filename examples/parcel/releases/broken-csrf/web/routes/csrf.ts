import { json } from "../answers.ts";
import { setCookie } from "../cookies.ts";
import { visitCookie, visitSeconds } from "../csrf.ts";
import type { Answer, Visit } from "../visit.ts";

/** The token for scripts. */
export function csrf({ csrfToken, newVisit }: Visit): Answer {
  const { headers, ...answer } = json(200, { token: csrfToken });
  const visit = newVisit === undefined ? [] : [setCookie(visitCookie, newVisit, visitSeconds)];
  return { ...answer, headers: { ...headers, "set-cookie": visit } };
}
