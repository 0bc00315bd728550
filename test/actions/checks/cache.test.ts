/** The check of a cache, through the application's own commands and through requests. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { cache } from "../../../actions/checks/cache.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const program = `import fs from "node:fs";
const [verb, key, value] = process.argv.slice(2);
if (verb === "write") fs.writeFileSync(key, value);
if (verb === "read") console.log(fs.readFileSync(key, "utf8"));
if (verb === "clear") fs.rmSync(key);
if (verb === "fail") { console.error("READONLY You can't write"); process.exit(1); }
`;

async function verdict(differing: object = {}): Promise<string[]> {
  const directory = makeTarget({ "cache.mjs": program });
  const args = {
    directory,
    write: ["node", "cache.mjs", "write", "{key}", "{value}"],
    read: ["node", "cache.mjs", "read", "{key}"],
    clear: ["node", "cache.mjs", "clear", "{key}"],
  };
  const { result } = await act(cache, { ...args, ...differing });
  return [result.verdict, result.seen];
}

test("a cache that keeps and forgets passes", async () => {
  expect(await verdict()).toEqual(["pass", "a value was written, read, cleared, and gone"]);
});

test.each<[string, object, string]>([
  [
    "no writing",
    { write: ["node", "cache.mjs", "fail", "{key}", "{value}"] },
    "writing failed: node cache.mjs fail {key} {value}: exit code 1: READONLY You can't write",
  ],
  [
    "no reading",
    { read: ["node", "cache.mjs", "fail", "{key}"] },
    "reading failed: node cache.mjs fail {key}: exit code 1: READONLY You can't write",
  ],
  [
    "what is not kept",
    { write: ["node", "cache.mjs", "none", "{key}", "{value}"], read: ["node", "-e", "console.log('null')", "{key}"] },
    "what was written was not read: node -e console.log('null') {key}: exit code 0: null",
  ],
  [
    "no clearing",
    { clear: ["node", "cache.mjs", "fail"] },
    "clearing failed: node cache.mjs fail: exit code 1: READONLY You can't write",
  ],
  ["what is not cleared", { clear: ["node", "cache.mjs", "none"] }, "what was cleared is still read"],
])("%s fails", async (_, differing, seen) => {
  expect(await verdict(differing)).toEqual(["fail", seen]);
});

async function site(broken = false) {
  const kept = new Map<string, string>();
  const found = (response: ServerResponse, text?: string) =>
    response.writeHead(text === undefined ? (broken && kept.size === 0 ? 500 : 404) : 200).end(text);
  const url = `${await serve(async (request, response) => {
    const key = request.url ?? "";
    if (request.method === "PUT") kept.set(key, await bodyOf(request));
    if (request.method === "DELETE") kept.delete(key);
    return request.method === "GET" ? found(response, kept.get(key)) : response.writeHead(204).end();
  })}/{key}`;
  return { write: { url, method: "PUT", body: "{value}" }, read: { url }, clear: { url, method: "DELETE" } };
}

test("requests do it, too; an application that falls over without a value fails", async () => {
  expect((await verdict(await site()))[0]).toBe("pass");
  expect(await verdict(await site(true))).toEqual([
    "fail",
    expect.stringMatching(/^reading failed after clearing: GET .* answered 500$/),
  ]);
});

test("a program that is missing, and nobody there, cannot be judged", async () => {
  expect(await verdict({ write: ["no-such-program", "{key}", "{value}"] })).toEqual([
    "unknown",
    expect.stringMatching(/^no-such-program switchback-\w+ written-\w+ cannot be run: there is no such program$/),
  ]);
  const [answer, seen] = await verdict({ read: { url: `${await closedAddress()}/{key}` } });
  expect([answer, seen?.slice(0, 20)]).toEqual(["unknown", "connect ECONNREFUSED"]);
  expect((await verdict({ read: { url: "http://none.invalid/{key}" } }))[0]).toBe("unknown");
  const silent = await serve(() => undefined);
  expect((await verdict({ read: { url: `${silent}/{key}` }, timeoutSeconds: 0.5 }))[0]).toBe("unknown");
});

test("what would prove no cache is refused", () => {
  const args = { directory: "host", write: ["a", "{key}"], read: ["b", "{value}"], clear: ["c"] };
  expect(() => call(cache, args)).toThrow(
    [
      "actions/checks/cache: its arguments are wrong",
      "✖ writes nothing that could be read: {key} and {value} must stand in it",
      "  → at write",
      "✖ does not say what to read: {key}",
      "  → at read",
      "✖ is told the {value}, which it could repeat without any cache",
      "  → at read",
    ].join("\n"),
  );
});
