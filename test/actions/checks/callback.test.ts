/** A payment provider's message against a shop that takes it, whole and broken in every way. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { callback } from "../../../actions/checks/callback.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";
import { password, sendJson, serveSite, signsIn } from "../../support/site.ts";

type Fault =
  | ("takes any signature" | "refuses late" | "refuses with a fault" | "refuses all" | "elsewhere" | "second refused")
  | ("second elsewhere" | "twice" | "never" | "no list");

const key = "the key";

/** Takes forms that are signed over their body, and keeps the payments once. */
function shop(fault?: Fault): Promise<string> {
  const paid = new Set<string>();
  const again: string[] = [];
  return serve(async (request, response) => {
    if (request.url?.startsWith("/payments/") === true) {
      const list = [...paid, ...(fault === "twice" ? again : [])].filter((id) => request.url?.endsWith(id));
      return sendJson(response, fault === "no list" ? { payments: "none" } : { payments: list, count: list.length });
    }
    const body = await bodyOf(request);
    const id = new URLSearchParams(body).get("payment") ?? "";
    const right = request.headers["x-signature"] === `v1=${createHmac("sha256", key).update(body).digest("hex")}`;
    if (fault === "refuses all") return response.writeHead(403).end();
    if (!right && fault === "refuses late") paid.add(id);
    if (!right && fault !== "takes any signature")
      return response.writeHead(fault === "refuses with a fault" ? 500 : 403).end();
    const isSecond = paid.has(id);
    if (isSecond) again.push(id);
    if (fault !== "never" || isSecond) paid.add(id);
    if (fault === "never") paid.clear();
    if (isSecond && fault === "second refused") return response.writeHead(409).end();
    const moved = fault === "elsewhere" || (isSecond && fault === "second elsewhere");
    return response.writeHead(303, { location: moved ? "/error?token=1" : "/thanks" }).end();
  });
}

const message = {
  ...{ path: "/callback", fields: { payment: "{unique}", amount: 100 }, secret: "KEY" },
  ...{ signature: { header: "x-signature", prefix: "v1=" }, expect: { status: 303, location: "/thanks" } },
};
const effect = { path: "/payments/{unique}", json: "payments" };

async function verdict(address: string, differing: object = {}): Promise<string[]> {
  const args = { address, ...message, effect, timeoutSeconds: 2, ...differing };
  const { result } = await act(callback, args, { secrets: { KEY: key, SMOKE: password } });
  return [result.verdict, result.seen];
}

test("a message that is taken once, and only with its signature, passes", async () => {
  const answered = "/callback answered 303 twice, and 403 to a wrong signature";
  expect(await verdict(await shop())).toEqual(["pass", `${answered}; its effect is there once`]);
  expect(await verdict(await shop(), { effect: { ...effect, json: "count" } })).toEqual([
    ...["pass", `${answered}; its effect is there once`],
  ]);
  expect(await verdict(await shop(), { effect: { path: "/payments/{unique}", contains: '"{unique}"' } })).toEqual([
    ...["pass", `${answered}; its effect is there once`],
  ]);
  expect(await verdict(await shop(), { effect: undefined })).toEqual(["pass", answered]);
});

test("a payment whose id is always the same was there before", async () => {
  const address = await shop();
  const same = { fields: { payment: "T1" }, effect: { path: "/payments/T1", json: "payments" } };
  expect((await verdict(address, same))[1]).toMatch(/; its effect is there once$/);
  expect((await verdict(address, same))[1]).toMatch(/; its effect is there once, as it was before$/);
});

test.each<[Fault, string]>([
  ["takes any signature", "/callback answered 303 to a wrong signature, want 400 or 401 or 403"],
  ["refuses with a fault", "/callback answered 500 to a wrong signature, want 400 or 401 or 403"],
  ["refuses late", "/callback refused a wrong signature, but did what the message says"],
  ["refuses all", "/callback: the message answered 403, want 303"],
  ["elsewhere", "/callback: the message redirects to /error?..., want /thanks"],
  ["second refused", "/callback: its repetition answered 409, want 303"],
  ["second elsewhere", "/callback: its repetition redirects to /error?..., want /thanks"],
  ["twice", "/callback was sent twice; /payments/{unique} has it 2 times, want once"],
  ["never", "/callback was sent twice; /payments/{unique} has it 0 times, want once"],
  ["no list", '/callback was sent twice; /payments/{unique}: payments is "none", no list and no number'],
])("%s fails", async (fault, seen) => {
  expect(await verdict(await shop(fault))).toEqual(["fail", seen]);
});

/** Says yes to what carries the signature of the sorted fields, wherever and however it is sent. */
const byFields = (text: (fields: Record<string, unknown>) => string, algorithm: string): Promise<string> =>
  serve(async (request, response) => {
    const body = await bodyOf(request);
    const isJson = request.headers["content-type"] === "application/json";
    const query = new URL(request.url ?? "", "http://x").searchParams;
    const { sign, ...fields } = isJson
      ? (JSON.parse(body) as Record<string, unknown>)
      : Object.fromEntries(new URLSearchParams(body === "" ? query : body));
    response.writeHead(sign === createHmac(algorithm, key).update(text(fields)).digest("base64") ? 200 : 400).end();
  });

test.each<[string, object, string]>([
  ["a form", {}, "values"],
  ["JSON", { as: "json" }, "values"],
  ["an address", { method: "GET", path: "/callback?provider=x" }, "pairs"],
])("the sorted fields of %s can be signed, and the signature be one of them", async (_, differing, sorted) => {
  const signature = { algorithm: "sha512", encoding: "base64", field: "sign", over: { sorted, separator: "|" } };
  const fields = { b: 2, a: "x y", "C.c": true };
  const address = await byFields((seen) => {
    const { provider: _provider, ...rest } = seen;
    const names = Object.keys(rest).sort();
    return names.map((name) => `${sorted === "pairs" ? `${name}=` : ""}${String(rest[name])}`).join("|");
  }, "sha512");
  const how = { fields, signature, expect: { status: 200 }, effect: undefined, ...differing };
  const [answer, seen] = await verdict(address, how);
  expect([answer, seen?.replace("?provider=x", "")]).toEqual([
    ...["pass", "/callback answered 200 twice, and 400 to a wrong signature"],
  ]);
});

test("who has to sign in to see the effect does; one that cannot be seen fails", async () => {
  const paid: string[] = [];
  const address = await serveSite(({ what, request, response, body, user }) => {
    if (what === "GET /payments") return response.writeHead(user === undefined ? 302 : 200).end(paid.join());
    const right = request.headers["x-signature"] === `v1=${createHmac("sha256", key).update(body).digest("hex")}`;
    if (right && paid.length === 0) paid.push("done");
    return response.writeHead(right ? 303 : 401, { location: "/thanks" }).end();
  });
  const seen = { path: "/payments", contains: "done" };
  expect((await verdict(address, { effect: seen, signIn: signsIn("kim") }))[0]).toBe("pass");
  expect(await verdict(address, { effect: seen })).toEqual([
    ...["fail", "/callback was sent twice; /payments: answered 302, want 200"],
  ]);
});

test("nobody there, no answer in time, and no key are unknown", async () => {
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  const silent = await serve(() => undefined);
  expect((await verdict(silent, { timeoutSeconds: 0.2 }))[0]).toBe("unknown");
  expect(await verdict(silent, { secret: "NONE" })).toEqual(["unknown", "step: was not given the secret NONE"]);
});

test.each<[object, string]>([
  [{ fields: {} }, "says nothing: name the fields of a test payment"],
  [{ signature: {} }, "goes into a header or a field: name one"],
  [{ signature: { header: "a", field: "b" } }, "goes into a header or a field: name one"],
  [{ signature: { field: "b" } }, "a field in the body cannot sign the body: sign the sorted fields"],
  [{ refused: [] }, "at refused"],
  [{ refused: [200] }, "at refused[0]"],
  [{ effect: { path: "/" } }, "is seen by json or by contains: name one"],
  [{ fields: { id: "{order}" } }, "use a {name} of which nothing is known: there is {unique} only"],
  [{ method: "GET" }, "a GET has no body: send a form and sign the sorted fields"],
])("%j is refused", (differing, refusal) => {
  expect(() => call(callback, { address: "http://localhost", ...message, ...differing })).toThrow(refusal);
});
