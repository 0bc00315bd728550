/** A small site with a sign-in form, sessions, and whatever a test puts behind it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, serve } from "./context.ts";

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Method and path, without what stands behind the question mark. */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Who is signed in. */
  readonly user: string | undefined;
}

/** The password of everybody. */
export const password = "pass word";

/** Who signs in, as checks are told; give the secret SMOKE. */
export const signsIn = (user: string): { user: string; password: string } => ({ user, password: "SMOKE" });

/** `/login` is the form; everything else is answered by `answer`. Returns the address. */
export function serveSite(answer: (asked: Asked) => unknown): Promise<string> {
  const sessions = new Map<string, string>();
  return serve(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://site");
    const what = `${request.method ?? ""} ${url.pathname}`;
    const body = await bodyOf(request);
    if (what === "GET /login") return response.end('<form><input type="hidden" name="csrf" value="t1"></form>');
    if (what === "POST /login") {
      const form = new URLSearchParams(body);
      if (form.get("password") === password && form.get("csrf") === "t1") {
        sessions.set(`s${sessions.size}`, form.get("email") ?? "");
        response.setHeader("set-cookie", `sid=s${sessions.size - 1}; Path=/; HttpOnly`);
      }
      return response.writeHead(303, { location: "/" }).end();
    }
    const user = sessions.get(/sid=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
    return answer({ request, response, what, query: url.searchParams, body, user });
  });
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): ServerResponse {
  return response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
