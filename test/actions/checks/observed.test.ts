/** What of an answer others rely on. */
import { expect, test } from "vitest";
import { differences, isAllowed, observe } from "../../../actions/checks/observed.ts";
import { newVisitor } from "../../../actions/checks/visitor.ts";
import { bodyOf, serve } from "../../support/context.ts";

const limits = { signal: new AbortController().signal, timeoutSeconds: 5 };

test("status, redirect, headers, cookies without their values, and the flash message behind a redirect", async () => {
  let sent = "";
  const site = await serve(async (request, response) => {
    if (request.method === "POST") {
      sent = await bodyOf(request);
      response.setHeader("set-cookie", ["sid=1234; Path=/; HttpOnly; Max-Age=60", "a=b; Secure; Path=/"]);
      return response.writeHead(303, { location: "/done", "X-Frame-Options": "DENY" }).end();
    }
    return response.end('<p class="flash"> Order\nplaced </p><input type="hidden" name="csrf" value="t">');
  });
  const visitor = newVisitor(site, limits);
  const request = { method: "POST", path: "/orders", form: { item: "1" }, flash: 'class="flash">(.*?)</p>' };
  expect(await observe(visitor, request, ["x-frame-options", "Cache-Control"])).toEqual({
    ...{ status: "303", location: "/done", "header x-frame-options": "DENY", "header cache-control": "none" },
    ...{ cookies: "a; Path=/; Secure, sid; HttpOnly; Path=/", flash: "Order\nplaced" },
  });
  expect(sent).toBe("csrf=t&item=1");
  const plain = await observe(visitor, { method: "GET", path: "/", flash: "never (seen)" }, []);
  expect(plain).toEqual({ status: "200", cookies: "none", flash: "none" });
});

test("differences are told by request and kind; a request that is new is none", () => {
  const before = { "GET /": { status: "200", flash: "none" }, "GET /gone": { status: "200" } };
  const now = { "GET /": { status: "302", location: "/in", flash: "none" }, "GET /new": { status: "200" } };
  const found = differences(before, now);
  expect(found.map(({ words }) => words)).toEqual(["GET /: status 200 → 302", "GET /: location none → /in"]);
  const allowed = [{ request: "GET /", what: "status" }];
  expect(found.map((one) => isAllowed(one, allowed))).toEqual([true, false]);
});
