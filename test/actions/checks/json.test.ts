/** The check of a JSON answer by the values at its paths, and by how fresh it is. */
import { expect, test } from "vitest";
import { json } from "../../../actions/checks/json.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

const body = { status: "ok", database: { rows: 3, list: ["a"], note: null }, at: new Date().toISOString() };
const answering = (text: string, status = 200): Promise<string> =>
  serve((_, response) => response.writeHead(status).end(text));

async function verdict(url: string, differing: object = {}): Promise<string[]> {
  const { result } = await act(json, { url, expect: { status: "ok" }, ...differing });
  return [result.verdict, result.seen.replace(url, "URL")];
}

test("it passes when every path has its value", async () => {
  const url = await answering(JSON.stringify(body));
  const values = { status: "ok", "database.rows": 3, "database.list.0": "a", "database.note": null };
  expect(await verdict(url, { expect: values, fresh: { path: "at", withinSeconds: 60 } })).toEqual([
    "pass",
    'URL: status is "ok", database.rows is 3, database.list.0 is "a", database.note is null',
  ]);
});

test.each<[string, object, string]>([
  ["another value", { expect: { "database.rows": 4 } }, "URL: database.rows is 3, want 4"],
  ["another type", { expect: { "database.rows": "3" } }, 'URL: database.rows is 3, want "3"'],
  ["no such path", { expect: { "database.none": 1 } }, "URL: database.none is undefined, want 1"],
  ["a path into a text", { expect: { "status.length": 2 } }, "URL: status.length is undefined, want 2"],
  [
    "what every object has",
    { expect: { "constructor.name": "Object" } },
    'URL: constructor.name is undefined, want "Object"',
  ],
  ["an old time", { fresh: { path: "at", withinSeconds: 0.000001 } }, "URL: at is not of the last 0.000001 s"],
  ["what is no time", { fresh: { path: "status", withinSeconds: 60 } }, "URL: status is not of the last 60 s"],
])("%s fails", async (_, differing, seen) => {
  expect(await verdict(await answering(JSON.stringify(body)), differing)).toEqual(["fail", seen]);
});

test("a time far ahead is not fresh either", async () => {
  const url = await answering(JSON.stringify({ status: "ok", at: new Date(Date.now() + 3_600_000).toISOString() }));
  expect(await verdict(url, { fresh: { path: "at", withinSeconds: 60 } })).toEqual([
    ...["fail", "URL: at is not of the last 60 s"],
  ]);
});

test("another status, and what is no JSON, fail; of no answer nothing can be said", async () => {
  expect(await verdict(await answering("{}", 503))).toEqual(["fail", "URL answered 503, want 200"]);
  expect(await verdict(await answering("<html>"))).toEqual(["fail", "URL answered 200, but not with JSON"]);
  const [answer] = await verdict(await closedAddress());
  expect(answer).toBe("unknown");
});

test("a large value at a path does not make a large verdict", async () => {
  const url = await answering(JSON.stringify({ status: "x".repeat(100_000) }));
  const { result } = await act(json, { url, expect: { status: "ok" } });
  expect([result.verdict, Buffer.byteLength(JSON.stringify(result.seen))]).toEqual(["fail", 402]);
});

test("a check that asserts nothing is refused", () => {
  expect(() => call(json, { url: "http://localhost", expect: {} })).toThrow(
    new TypeError(
      "actions/checks/json: its arguments are wrong\n✖ expects nothing, so it would always pass: name a path and its value\n  → at expect",
    ),
  );
});

test("values may be one of several, within bounds, like a pattern, or only there; another status may be wanted", async () => {
  const url = await answering(JSON.stringify({ ...body, hosts: [{ name: "a" }, { name: "b" }] }), 503);
  const expectation = {
    status: { oneOf: ["ok", "busy"] },
    "database.rows": { min: 1, max: 5 },
    "hosts[1].name": { matches: "^[ab]$" },
    "hosts.length": 2,
    at: { exists: true },
    "database.note": { exists: false },
  };
  expect(await verdict(url, { status: [200, 503], expect: expectation })).toEqual([
    "pass",
    'URL: status is "ok", database.rows is 3, hosts[1].name is "b", hosts.length is 2, at is there, database.note is not there',
  ]);
  const other = { status: { oneOf: ["busy"] }, "database.rows": { min: 4 }, "hosts[2]": { exists: true } };
  expect(await verdict(url, { status: 503, expect: other })).toEqual([
    "fail",
    'URL: status is "ok", want one of "busy"; database.rows is 3, want at least 4; hosts[2] is undefined, want something',
  ]);
});

test("headers and a token are sent", async () => {
  const url = await serve(({ headers }, response) =>
    response.end(JSON.stringify({ accept: headers.accept, token: headers.authorization === "Bearer t0ken" })),
  );
  const args = { url, send: { accept: "text/x" }, bearer: "TOKEN", expect: { accept: "text/x", token: true } };
  const { result } = await act(json, args, { secrets: { TOKEN: "t0ken" } });
  expect([result.verdict, result.seen]).toEqual(["pass", `${url}: accept is "text/x", token is true`]);
});

test("a pattern that takes for ever over what is answered cannot be judged", async () => {
  const url = await answering(JSON.stringify({ status: `${"a".repeat(40)}b` }));
  expect(await verdict(url, { expect: { status: { matches: "^(a+)+$" } } })).toEqual([
    ...["unknown", "/^(a+)+$/ takes too long over what was answered"],
  ]);
});

test.each<[unknown, string]>([
  [{}, "want min, max or both"],
  [{ oneOf: [] }, "want a value, { oneOf: [value] }"],
  [{ matches: "(" }, "{ matches: regular expression }"],
])("expecting %j is refused", (want, message) => {
  expect(() => call(json, { url: "http://localhost", expect: { a: want as { min: number } } })).toThrow(message);
});
