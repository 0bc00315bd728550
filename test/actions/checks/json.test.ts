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
