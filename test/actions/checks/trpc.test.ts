/** tRPC calls against a server that speaks its HTTP specification, and against others. */
import { expect, test } from "vitest";
import { trpc } from "../../../actions/checks/trpc.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { type Asked, password, sendJson, serveSite, signsIn } from "../../support/site.ts";

interface Options {
  readonly superjson?: boolean;
  readonly onAsk?: (asked: Asked) => void;
}

/** Procedures post.byId and count for everybody, me for the signed-in, and add, which is a mutation. */
function router({ superjson = false, onAsk }: Options = {}): Promise<string> {
  const wrapped = (value: unknown): unknown => (superjson ? { json: value } : value);
  const failed = (code: string, status: number) => ({
    status,
    body: { error: wrapped({ message: `no: ${code}`, code: -32000, data: { code, httpStatus: status } }) },
  });
  const good = (data: unknown) => ({ status: 200, body: { result: { data: wrapped(data) } } });
  return serveSite((asked) => {
    onAsk?.(asked);
    const { what, query, body, response, user, request } = asked;
    const [, method = "", procedures = ""] = /^(GET|POST) \/api\/trpc\/(.+)$/.exec(what) ?? [];
    const batch = query.get("batch") === "1";
    const sent = JSON.parse((method === "GET" ? query.get("input") : body || null) ?? "null") as unknown;
    const results = procedures.split(",").map((procedure, index) => {
      const given = batch ? (sent as Record<number, unknown>)[index] : sent;
      const input = (superjson ? (given as { json?: unknown } | null)?.json : given) as { id: number } | undefined;
      if (method === "GET" && procedure === "post.byId")
        return input?.id === 1 ? good({ id: 1, title: "Hello", tags: ["a"] }) : failed("NOT_FOUND", 404);
      if (method === "GET" && procedure === "count") return good(2);
      if (method === "GET" && procedure === "me")
        return user === undefined && request.headers.authorization !== "Bearer the token"
          ? failed("UNAUTHORIZED", 401)
          : good({ name: user ?? "bearer" });
      if (method === "POST" && procedure === "add") return good({ id: (input?.id ?? 0) + 1 });
      return failed("METHOD_NOT_SUPPORTED", 405);
    });
    const statuses = new Set(results.map(({ status }) => status));
    const status = statuses.size === 1 ? (results[0]?.status ?? 500) : 207;
    sendJson(response, batch ? results.map((result) => result.body) : results[0]?.body, status);
  });
}

const byId = { procedure: "post.byId", input: { id: 1 }, expect: { id: 1, "tags.0": "a" } };
const count = { procedure: "count", value: 2 };

async function verdict(address: string, differing: object = {}): Promise<string[]> {
  const args = { address, calls: [byId, count], timeoutSeconds: 2, ...differing };
  const { result } = await act(trpc, args, { secrets: { SMOKE: password, TOKEN: "the token" } });
  return [result.verdict, result.seen];
}

const seen = 'post.byId: id is 1, tags.0 is "a"; count is 2';

test.each([false, true])("queries pass alone and in a batch, with superjson: %s", async (superjson) => {
  const asked: string[] = [];
  const address = await router({ superjson, onAsk: ({ request }) => asked.push(request.url ?? "") });
  const transformer = superjson ? "superjson" : "none";
  expect(await verdict(address, { transformer })).toEqual(["pass", seen]);
  expect(await verdict(address, { transformer, batch: true })).toEqual(["pass", `${seen}; in one request`]);
  const input = superjson ? '{"json":{"id":1}}' : '{"id":1}';
  expect(asked.map((url) => decodeURIComponent(url))).toEqual([
    `/api/trpc/post.byId?input=${input}`,
    "/api/trpc/count",
    `/api/trpc/post.byId,count?batch=1&input={"0":${input}}`,
  ]);
});

test("mutations go by POST, alone and in a batch", async () => {
  const asked: string[] = [];
  const address = await router({ onAsk: ({ what, body }) => asked.push(`${what} ${body}`) });
  const add = { procedure: "add", input: { id: 4 }, expect: { id: 5 } };
  const two = { type: "mutation", calls: [add, { ...add, input: { id: 7 }, expect: { id: 8 } }] };
  expect(await verdict(address, two)).toEqual(["pass", "add: id is 5; add: id is 8"]);
  expect(await verdict(address, { ...two, batch: true })).toEqual([
    ...["pass", "add: id is 5; add: id is 8; in one request"],
  ]);
  expect(asked).toEqual([
    ...['POST /api/trpc/add {"id":4}', 'POST /api/trpc/add {"id":7}'],
    'POST /api/trpc/add,add {"0":{"id":4},"1":{"id":7}}',
  ]);
});

test.each<[string, object, string]>([
  ["another value", { calls: [{ ...byId, expect: { id: 2 } }] }, "post.byId id is 1, want 2 (200)"],
  ["other data", { calls: [{ ...count, value: 3 }] }, "count is 2, want 3 (200)"],
  ["too little", { calls: [{ ...count, value: { min: 3 } }] }, "count is 2, want at least 3 (200)"],
  [
    "an object for a value",
    { calls: [{ ...byId, expect: undefined, value: 1 }] },
    "post.byId is an object, want 1 (200)",
  ],
  ["an error", { calls: [{ ...byId, input: { id: 9 } }] }, 'post.byId failed: "NOT_FOUND" "no: NOT_FOUND" (404)'],
  [
    "an error in a batch",
    { batch: true, calls: [byId, { ...byId, input: { id: 9 } }] },
    'post.byId failed: "NOT_FOUND" "no: NOT_FOUND" (207)',
  ],
  [
    "the wrong method",
    { type: "mutation", calls: [count] },
    'count failed: "METHOD_NOT_SUPPORTED" "no: METHOD_NOT_SUPPORTED" (405)',
  ],
  ["another path", { path: "/login", calls: [count] }, "count got no answer of tRPC (500)"],
])("%s fails", async (name, differing, wrong) => {
  const address =
    name === "another path" ? await serve((_, response) => response.writeHead(500).end("<html>")) : await router();
  expect(await verdict(address, differing)).toEqual(["fail", wrong]);
});

test("an error that superjson has wrapped is read, and each call that is wrong is said", async () => {
  const address = await router({ superjson: true });
  const wrong = { ...byId, input: { id: 9 } };
  expect(await verdict(address, { transformer: "superjson", calls: [wrong, { ...count, value: 3 }] })).toEqual([
    ...["fail", 'post.byId failed: "NOT_FOUND" "no: NOT_FOUND" (404); count is 2, want 3 (200)'],
  ]);
});

test.each(["null", "[]", '{"result":null}', '[{"result":{}}]', "\0\xff", "{"])("the answer %j fails", async (text) => {
  const address = await serve((_, response) => response.end(text));
  for (const batch of [false, true]) expect((await verdict(address, { batch }))[0]).toBe("fail");
});

test("who has to sign in, or to show a token, does", async () => {
  const address = await router();
  const calls = [{ procedure: "me", expect: { name: "kim" } }];
  expect(await verdict(address, { calls })).toEqual(["fail", 'me failed: "UNAUTHORIZED" "no: UNAUTHORIZED" (401)']);
  expect(await verdict(address, { calls, signIn: signsIn("kim") })).toEqual(["pass", 'me: name is "kim"']);
  const token = { bearer: "TOKEN", calls: [{ procedure: "me", expect: { name: "bearer" } }] };
  expect(await verdict(address, token)).toEqual(["pass", 'me: name is "bearer"']);
  const headers = { headers: { authorization: "Bearer the token" }, calls: token.calls };
  expect((await verdict(address, headers))[0]).toBe("pass");
  const refusing = await serve((_, response) => response.writeHead(503).end());
  expect(await verdict(refusing, { signIn: signsIn("kim") })).toEqual(["fail", "/login answered 503, want 200"]);
});

test("nobody there, no answer in time, and no token are unknown", async () => {
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  const silent = await serve(() => undefined);
  expect((await verdict(silent, { timeoutSeconds: 0.2 }))[0]).toBe("unknown");
  expect(await verdict(silent, { bearer: "NONE" })).toEqual(["unknown", "step: was not given the secret NONE"]);
});

test.each<[object, string]>([
  [{ calls: [] }, "at calls"],
  [{ calls: [{ procedure: "count" }] }, "name what is expected of the data"],
  [{ calls: [{ ...count, expect: { a: 1 } }] }, "name what is expected of the data"],
  [{ calls: [{ procedure: "count", expect: {} }] }, "expects nothing: name a path and its value"],
  [{ calls: [{ ...count, procedure: "a/b" }] }, "must be a procedure, such as post.byId"],
])("%j is refused", (differing, refusal) => {
  expect(() => call(trpc, { address: "http://localhost", calls: [count], ...differing })).toThrow(refusal);
});
