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
