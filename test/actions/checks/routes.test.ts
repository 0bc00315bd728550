/** The check of the routes against their baseline. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { routes } from "../../../actions/checks/routes.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const route = (method: string, uri: string, name = uri) => ({ method, uri, name });
const reviewed = [route("GET|HEAD", "orders"), route("POST", "orders"), route("GET|HEAD", "login")];

async function verdict(
  actual: unknown,
  differing: object = {},
  baseline: string | undefined = JSON.stringify(reviewed),
) {
  const directory = makeTarget({ "list.json": typeof actual === "string" ? actual : JSON.stringify(actual) });
  const file = join(temporaryFolder(), "routes.json");
  if (baseline !== "") writeFileSync(file, baseline);
  const show = "console.log(require('fs').readFileSync('list.json', 'utf8'))";
  const args = { directory, argv: ["node", "-e", show], baseline: file, ...differing };
  const { result } = await act(routes, args);
  return [result.verdict, result.seen.replace(file, "FILE").replace(`node -e ${show}`, "LIST")];
}

test("the same routes pass, in whatever order", async () => {
  expect(await verdict([...reviewed].reverse())).toEqual(["pass", "3 routes as in FILE"]);
  expect(await verdict("POST /orders\nGET /login", {}, "GET login\nPOST orders")).toEqual([
    "pass",
    "2 routes as in FILE",
  ]);
});

test("routes that may be new or different pass, and are counted", async () => {
  const sandbox = route("GET|HEAD", "__ui/react-sandbox");
  const allowed = ["HEAD|GET /__ui/react-sandbox", "POST orders"];
  expect(await verdict([...reviewed, sandbox], { allowed })).toEqual([
    "pass",
    "4 routes as in FILE, and 1 allowed to differ",
  ]);
  const changed = reviewed.map((one) => (one.method === "POST" ? { ...one, name: "new" } : one));
  expect(await verdict(changed, { allowed })).toEqual(["pass", "3 routes as in FILE, and 1 allowed to differ"]);
});

test.each<[string, object[], string]>([
  ["a route that is gone", reviewed.slice(1), "2 routes, want those of FILE: 1 removed: GET|HEAD orders"],
  ["a new route", [...reviewed, route("GET", "debug")], "4 routes, want those of FILE: 1 added: GET debug"],
  [
    "another name",
    [...reviewed.slice(0, 2), route("GET|HEAD", "login", "enter")],
    "3 routes, want those of FILE: 1 changed: GET|HEAD login",
  ],
  [
    "other methods",
    [...reviewed.slice(0, 2), route("GET", "login")],
    "3 routes, want those of FILE: 1 removed: GET|HEAD login; 1 added: GET login",
  ],
  ["none at all", [], "0 routes, want those of FILE: 3 removed: GET|HEAD orders, POST orders, GET|HEAD login"],
])("%s fails", async (_, actual, seen) => {
  expect(await verdict(actual)).toEqual(["fail", seen]);
});

test("what is gone fails even where it may differ; of many the first are named", async () => {
  expect((await verdict(reviewed.slice(1), { allowed: ["GET|HEAD orders"] }))[0]).toBe("fail");
  const many = ["a", "b", "c", "d", "e"].map((uri) => route("GET", uri));
  expect((await verdict([...reviewed, ...many]))[1]).toBe(
    "8 routes, want those of FILE: 5 added: GET a, GET b, GET c, GET d, ...",
  );
});

test("no baseline, none in it, and no list cannot be judged", async () => {
  expect(await verdict(reviewed, {}, "")).toEqual([
    ...["unknown", "FILE: there is no such baseline. Write it with switchback baseline, and have it reviewed"],
  ]);
  expect(await verdict(reviewed, {}, "[]")).toEqual(["unknown", "FILE: holds no list of routes"]);
  expect(await verdict('{"error":1}')).toEqual(["unknown", 'LIST: printed no list of routes: {"error":1}']);
  expect((await verdict(reviewed, { argv: ["node", "-e", "process.exit(1)"] }))[0]).toBe("unknown");
  expect((await verdict(reviewed, { argv: ["no-such-program"] }))[0]).toBe("unknown");
});

test("what is no signature is refused", () => {
  expect(() =>
    call(routes, { directory: "host", argv: ["list"], baseline: "routes.json", allowed: ["debug"] }),
  ).toThrow('✖ is no signature: write it as "GET|HEAD some/path"\n  → at allowed[0]');
});
