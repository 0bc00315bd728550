/** The login check against a small real site with sessions and CSRF tokens, whole and broken in every way. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { login } from "../../../actions/checks/login.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";

type Fault =
  | "no form"
  | "page public"
  | "login broken"
  | "login refused"
  | "page broken"
  | "logout broken"
  | "logout ignored"
  | "session lives on";

const formOf = async (request: IncomingMessage): Promise<URLSearchParams> => new URLSearchParams(await bodyOf(request));

/** A site with one user. Every form carries the session's token, which is asked for. */
function site(fault?: Fault): Promise<string> {
  const sessions = new Map<string, { token: string; user: boolean }>();
  const moved = (response: ServerResponse, location: string): void => void response.writeHead(303, { location }).end();
  return serve(async (request, response) => {
    const id = /sid=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    const session = sessions.get(id);
    const shown = (html: string): void =>
      void response.end(`${html}<input data-name="x" type='hidden' name='csrf' value='${session?.token ?? ""}'>`);
    switch (`${request.method ?? ""} ${request.url ?? ""}`) {
      case "GET /orders":
        if (fault === "page public" || session?.user) {
          if (fault === "page broken") return void response.writeHead(500).end();
          shown("Your orders");
        } else moved(response, "/login");
        return;
      case "GET /login": {
        if (fault === "no form") return void response.writeHead(503).end();
        const token = `t${sessions.size}`;
        sessions.set(`s${sessions.size}`, { token, user: false });
        response.setHeader("set-cookie", [`sid=s${sessions.size - 1}; Path=/; HttpOnly`, "lang=en; Path=/"]);
        response.end(`<form><input type="hidden" name="csrf" value="${token}"><input type="text" name="email"></form>`);
        return;
      }
      case "POST /login": {
        const form = await formOf(request);
        if (fault === "login broken") return void response.writeHead(500).end();
        const right = form.get("email") === "kim@example.test" && form.get("password") === "pass word";
        if (form.get("csrf") !== session?.token) return void response.writeHead(403).end();
        if (right && fault !== "login refused") session.user = true;
        moved(response, "/orders");
        return;
      }
      case "POST /logout": {
        const form = await formOf(request);
        if (fault === "logout broken" || form.get("csrf") !== session?.token) return void response.writeHead(403).end();
        if (fault !== "logout ignored") {
          if (fault !== "session lives on") sessions.delete(id);
          response.setHeader("set-cookie", "sid=; Max-Age=0");
        }
        moved(response, "/login");
        return;
      }
      default:
        response.writeHead(404).end();
    }
  });
}

async function verdict(address: string, password = "pass word", differing: object = {}): Promise<string[]> {
  const args = { address, user: "kim@example.test", password: "SMOKE", page: "/orders", timeoutSeconds: 2 };
  const { result } = await act(login, { ...args, ...differing }, { secrets: { SMOKE: password } });
  return [result.verdict, result.seen];
}

test("who can log in, see the page and log out passes", async () => {
  expect(await verdict(await site())).toEqual(["pass", "kim@example.test logged in, saw /orders and logged out"]);
});

test.each<[Fault, string]>([
  ["page public", "/orders is shown to everybody: it proves no login"],
  ["no form", "/login answered 503, want 200"],
  ["login broken", "login of kim@example.test at /login answered 500"],
  ["login refused", "/orders answered 303 after the login of kim@example.test"],
  ["page broken", "/orders answered 500 after the login of kim@example.test"],
  ["logout broken", "/logout answered 403"],
  ["logout ignored", "/orders is still shown after logging out"],
])("%s fails", async (fault, seen) => {
  expect(await verdict(await site(fault))).toEqual(["fail", seen]);
});

test("a wrong password fails, and is not repeated", async () => {
  expect(await verdict(await site(), "wrong")).toEqual([
    ...["fail", "/orders answered 303 after the login of kim@example.test"],
  ]);
});

test("other names of fields and paths are used as given", async () => {
  const address = await site();
  expect(await verdict(address, "pass word", { fields: { user: "name", password: "password" } })).toEqual([
    ...["fail", "/orders answered 303 after the login of kim@example.test"],
  ]);
  expect(await verdict(address, "pass word", { path: "/signin" })).toEqual(["fail", "/signin answered 404, want 200"]);
});

test("without an answer, or without the password, nothing can be said", async () => {
  const address = await closedAddress();
  expect(await verdict(address)).toEqual(["unknown", `connect ECONNREFUSED 127.0.0.1:${new URL(address).port}`]);
  const args = { address: await site(), user: "kim@example.test", password: "OTHER", page: "/orders" };
  const { result } = await act(login, args);
  expect([result.verdict, result.seen]).toEqual(["unknown", "step: was not given the secret OTHER"]);
});

test("where the server keeps the sessions, the old cookies show nothing after the logout", async () => {
  expect(await verdict(await site(), "pass word", { serverSession: true })).toEqual([
    ...["pass", "kim@example.test logged in, saw /orders and logged out"],
  ]);
  const address = await site("session lives on");
  expect((await verdict(address))[0]).toBe("pass");
  expect(await verdict(address, "pass word", { serverSession: true })).toEqual([
    ...["fail", "/orders is still shown to the cookies from before the logout: the session did not end"],
  ]);
});

test("what stands on the page counts where the page answers 200 to everybody", async () => {
  expect((await verdict(await site(), "pass word", { contains: "Your orders" }))[0]).toBe("pass");
  expect(await verdict(await site(), "pass word", { contains: "Your invoices" })).toEqual([
    ...["fail", '/orders answered 200 after the login of kim@example.test, but without "Your invoices"'],
  ]);
  expect(await verdict(await site("page public"), "pass word", { contains: "Your orders" })).toEqual([
    ...["fail", "/orders is shown to everybody: it proves no login"],
  ]);
});

/** An application that is logged in by JSON and asks for the token of a cookie, by whatever method. */
async function api(): Promise<string> {
  let user = false;
  return serve(async (request, response) => {
    if (request.url === "/token") return response.setHeader("set-cookie", "XSRF-TOKEN=t%3D1").end();
    if (request.url === "/me") return response.writeHead(user ? 200 : 401).end("{}");
    if (request.headers["x-xsrf-token"] !== "t=1") return response.writeHead(419).end();
    const { email, password } = JSON.parse((await bodyOf(request)) || "{}") as Record<string, string>;
    if (request.method === "POST") user = email === "kim@example.test" && password === "pass word";
    if (request.method === "DELETE") user = false;
    return response.writeHead(204).end();
  });
}

test("a login by JSON, with the token of a cookie, and a logout by another method", async () => {
  const how = {
    ...{ path: "/session", page: "/me", as: "json", logout: { path: "/session", method: "DELETE" } },
    csrfCookie: { cookie: "XSRF-TOKEN", header: "X-XSRF-TOKEN", page: "/token" },
  };
  expect(await verdict(await api(), "pass word", how)).toEqual([
    ...["pass", "kim@example.test logged in, saw /me and logged out"],
  ]);
  expect(await verdict(await api(), "wrong", how)).toEqual([
    ...["fail", "/me answered 401 after the login of kim@example.test"],
  ]);
  expect(await verdict(await api(), "pass word", { ...how, csrfCookie: undefined })).toEqual([
    ...["fail", "login of kim@example.test at /session answered 419"],
  ]);
});

test("a site that hangs is unknown in time", async () => {
  const [answer, seen] = await verdict(await serve(() => undefined), "pass word", { timeoutSeconds: 0.2 });
  expect([answer, seen]).toEqual(["unknown", "The operation was aborted due to timeout"]);
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
});

test("arguments are as they were, and a token that is sent back nowhere is refused", () => {
  const args = { address: "http://localhost", user: "kim", password: "SMOKE", page: "/orders" };
  expect(call(login, args).args).toEqual({
    ...args,
    ...{ path: "/login", logout: "/logout", timeoutSeconds: 10, fields: { user: "email", password: "password" } },
  });
  expect(() => call(login, { ...args, csrfCookie: { cookie: "XSRF-TOKEN" } })).toThrow(
    "the token is sent back nowhere: name the header or the field",
  );
});
