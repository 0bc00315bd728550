/** The check of a CSRF protection, against a small site that has one, whole and broken in every way. */
import { expect, test } from "vitest";
import { csrf } from "../../../actions/checks/csrf.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";

type Fault = "no endpoint" | "no cookie" | "no token" | "open" | "any token" | "refuses all" | "then gone";

/** Tokens are good for one try, and stand in the cookie as in a URL, in the answer as they are. */
function site(fault?: Fault): Promise<string> {
  let handedOut = 0;
  return serve(async (request, response) => {
    if (request.url === "/csrf") {
      if (fault === "no endpoint" || (fault === "then gone" && handedOut > 0)) return response.writeHead(503).end();
      const token = `t/${(handedOut += 1)}`;
      if (fault !== "no cookie") response.setHeader("set-cookie", `XSRF-TOKEN=${encodeURIComponent(token)}; Path=/`);
      return response.end(JSON.stringify(fault === "no token" ? {} : { csrf: { token } }));
    }
    const body = await bodyOf(request);
    const sent =
      request.headers["x-csrf-token"] ??
      new URLSearchParams(body).get("_token") ??
      (body.startsWith("{") ? (JSON.parse(body) as { _token?: string })._token : undefined);
    const knows = request.headers.cookie === `XSRF-TOKEN=${encodeURIComponent(`t/${handedOut}`)}`;
    const isRight = fault === "any token" ? typeof sent === "string" : sent === `t/${handedOut}` && knows;
    return response.writeHead(fault === "open" || (isRight && fault !== "refuses all") ? 200 : 419).end();
  });
}

async function verdict(address: string, args: object = {}, guarded?: object): Promise<string[]> {
  const { result } = await act(csrf, {
    ...{ address, path: "/csrf", cookie: "XSRF-TOKEN", timeoutSeconds: 2, ...args },
    ...(guarded === undefined ? {} : { protected: { path: "/orders", ...guarded } }),
  });
  return [result.verdict, result.seen];
}

test("an endpoint that answers and sets its cookie passes", async () => {
  expect(await verdict(await site())).toEqual(["pass", "/csrf sets XSRF-TOKEN"]);
  expect(await verdict(await site(), { token: "csrf.token" })).toEqual(["pass", "/csrf sets XSRF-TOKEN"]);
});

const passed = "/csrf sets XSRF-TOKEN; POST /orders is refused without the token and answered 200 with it";

test.each<[string, object, object]>([
  ["a header, by the cookie", {}, {}],
  ["a header, by the answer", { token: "csrf.token" }, { json: { item: 1 } }],
  ["a field of a form", {}, { form: { item: "1" }, field: "_token" }],
  ["a field of JSON", { token: "csrf.token" }, { json: { item: 1 }, field: "_token" }],
])("what accepts its token only in %s passes", async (_, args, guarded) => {
  expect(await verdict(await site(), args, guarded)).toEqual(["pass", passed]);
});

test.each<[Fault, string]>([
  ["no endpoint", "/csrf answered 503, want 200"],
  ["no cookie", "/csrf does not set the cookie XSRF-TOKEN"],
  ["no token", "/csrf answered without a token at csrf.token"],
  ["open", "POST /orders without the token answered 200, want one of 403, 419"],
  ["any token", "POST /orders with a made-up token answered 200, want one of 403, 419"],
  ["refuses all", "POST /orders with the token answered 419, want one of 200, 201, 202, 204"],
  ["then gone", "/csrf answered 503, want 200"],
])("%s fails", async (fault, seen) => {
  expect(await verdict(await site(fault), { token: "csrf.token" }, {})).toEqual(["fail", seen]);
});

test("other headers are sent along", async () => {
  const origin = "https://shop.example";
  const url = await site();
  const strict = await serve(async ({ method, headers, url: path = "" }, response) => {
    if (path !== "/csrf" && headers.origin !== origin) return response.writeHead(400).end();
    const passedOn = { cookie: headers.cookie ?? "", "x-csrf-token": String(headers["x-csrf-token"] ?? "") };
    const answer = await fetch(url + path, { method: method ?? "GET", headers: passedOn });
    response.setHeader("set-cookie", answer.headers.getSetCookie()).writeHead(answer.status);
    return response.end(await answer.text());
  });
  expect(await verdict(strict, {}, { send: { origin } })).toEqual(["pass", passed]);
  expect(await verdict(strict, {}, {})).toEqual([
    ...["fail", "POST /orders without the token answered 400, want one of 403, 419"],
  ]);
});

test("a token sent by another header than the site's is refused there", async () => {
  expect(await verdict(await site(), {}, { header: "x-other" })).toEqual([
    ...["fail", "POST /orders with the token answered 419, want one of 200, 201, 202, 204"],
  ]);
});

test("nobody there, nobody in time, and no such name cannot be judged", async () => {
  const [closed] = await verdict(await closedAddress());
  const [silent] = await verdict(await serve(() => undefined), { timeoutSeconds: 0.1 });
  const [nameless] = await verdict("http://none.invalid/");
  expect([closed, silent, nameless]).toEqual(["unknown", "unknown", "unknown"]);
});

test.each<[object, string]>([
  [{ refused: [403], accepted: [200, 403] }, "the same status cannot mean refused and accepted"],
  [{ field: "_token" }, "a field is part of something: give form: {} or json: {}"],
  [{ form: {}, json: {} }, "want a form or JSON, not both"],
  [{ accepted: [] }, "at protected.accepted"],
])("%j is refused", (guarded, message) => {
  const args = { address: "http://localhost/", path: "/csrf", cookie: "a", protected: { path: "/", ...guarded } };
  expect(() => call(csrf, args)).toThrow(message);
});
