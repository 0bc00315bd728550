/** Signing in by a form of a small real site. */
import { expect, test } from "vitest";
import * as z from "zod";
import { signIn, signInSchema } from "../../../actions/checks/sign-in.ts";
import { newVisitor } from "../../../actions/checks/visitor.ts";
import { bodyOf, makeContext, serve } from "../../support/context.ts";

const who = signInSchema(z).parse({ user: "kim", password: "SMOKE" });

async function signedIn(answers: (status: number) => number, given = who): Promise<[string | undefined, string]> {
  let received = "";
  const site = await serve(async (request, response) => {
    if (request.method === "POST") received = `${request.url ?? ""} ${await bodyOf(request)}`;
    const status = answers(request.method === "POST" ? 303 : 200);
    response.writeHead(status).end('<form method="post"><input type="hidden" name="csrf" value="a&amp;b"></form>');
  });
  const { context } = makeContext({ secrets: { SMOKE: "pass word" } });
  const visitor = newVisitor(site, { signal: context.signal, timeoutSeconds: 5 });
  return [await signIn(visitor, given, context), received];
}

test("the form is sent back with its hidden fields, the name and the password", async () => {
  expect(await signedIn((status) => status)).toEqual([undefined, "/login csrf=a%26b&email=kim&password=pass+word"]);
  const other = { ...who, path: "/admin/login", fields: { user: "name", password: "secret" } };
  expect(await signedIn((status) => status, other)).toEqual([
    undefined,
    "/admin/login csrf=a%26b&name=kim&secret=pass+word",
  ]);
});

test("a page that is not there, and a form that is refused, are said", async () => {
  expect(await signedIn(() => 404)).toEqual(["/login answered 404, want 200", ""]);
  expect((await signedIn((status) => (status === 303 ? 419 : status)))[0]).toBe("login of kim at /login answered 419");
});

test("without the password nothing can be tried", async () => {
  const { context } = makeContext();
  const site = await serve((_, response) => response.end("<form></form>"));
  const visitor = newVisitor(site, { signal: context.signal, timeoutSeconds: 5 });
  await expect(signIn(visitor, who, context)).rejects.toThrow("was not given the secret SMOKE");
});

/** An application that takes JSON with the token of a cookie that `/token` sets. */
async function api(received: string[]): Promise<string> {
  return serve(async (request, response) => {
    if (request.url === "/token") return response.writeHead(204, { "set-cookie": "XSRF-TOKEN=a%3Db" }).end();
    received.push(`${request.method ?? ""} ${request.headers["content-type"] ?? ""} ${await bodyOf(request)}`);
    return response.writeHead(request.headers["x-xsrf-token"] === "a=b" ? 204 : 419).end();
  });
}

test("JSON is sent without asking for a form, with the token of a cookie where one is named", async () => {
  const { context } = makeContext({ secrets: { SMOKE: "pass word" } });
  const visitorOf = (site: string) => newVisitor(site, { signal: context.signal, timeoutSeconds: 5 });
  const received: string[] = [];
  const site = await api(received);
  const csrfCookie = { cookie: "XSRF-TOKEN", header: "X-XSRF-TOKEN", field: "_token", page: "/token" };
  expect(await signIn(visitorOf(site), { ...who, as: "json", csrfCookie }, context)).toBe(undefined);
  expect(await signIn(visitorOf(site), { ...who, as: "json" }, context)).toBe("login of kim at /login answered 419");
  expect(received).toEqual([
    'POST application/json {"_token":"a=b","email":"kim","password":"pass word"}',
    'POST application/json {"email":"kim","password":"pass word"}',
  ]);
});

test("a token's cookie may come with the form; one that does not come is said", async () => {
  const { context } = makeContext({ secrets: { SMOKE: "pass word" } });
  const site = await serve((request, response) => {
    if (request.method === "GET") return response.setHeader("set-cookie", "csrf=t1").end("<form></form>");
    return response.writeHead(request.headers["x-csrf"] === "t1" ? 303 : 403).end();
  });
  const visitorOf = () => newVisitor(site, { signal: context.signal, timeoutSeconds: 5 });
  const given = (cookie: string) => ({ ...who, csrfCookie: { cookie, header: "x-csrf" } });
  expect(await signIn(visitorOf(), given("csrf"), context)).toBe(undefined);
  expect(await signIn(visitorOf(), given("other"), context)).toBe("/login set no cookie other");
  expect(await signIn(visitorOf(), { ...given("other"), as: "json" }, context)).toBe("/login set no cookie other");
});
