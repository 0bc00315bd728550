/** Lists of routes, as frameworks print them, and how they differ. */
import { expect, test } from "vitest";
import { compareRoutes, normalized, readRoutes, writtenRoutes } from "../../../actions/checks/routes-compare.ts";

const keys = (text: string): string[] | undefined => {
  const routes = readRoutes(text);
  return routes && [...routes.keys()];
};

test("routes are read from JSON of several kinds, and from lines", () => {
  const list = [
    { domain: null, method: "HEAD|GET", uri: "/orders/{id}", name: "orders.show" },
    { domain: "api.shop.test", method: "post", uri: "orders" },
    { methods: ["GET"], path: "/" },
  ];
  expect(keys(JSON.stringify(list))).toEqual(["GET|HEAD orders/{id}", "POST api.shop.test/orders", "GET /"]);
  expect(keys("# reviewed\nGET|HEAD  /orders\n\nPOST orders\n")).toEqual(["GET|HEAD orders", "POST orders"]);
  expect(normalized("HEAD|GET /orders")).toBe("GET|HEAD orders");
});

test("what is no list of routes is none", () => {
  for (const text of ['{"a":1}', "[1]", '[{"uri":"a"}]', '[{"method":"GET"}]', '[{"method":5,"uri":"a"}]', "[", "a\0b"])
    expect(readRoutes(text), text).toBe(undefined);
});

test("a list says what was removed, added and changed, whatever its order", () => {
  const route = (uri: string, name: string, middleware = ["web", "auth"]) => ({ method: "GET", uri, name, middleware });
  const read = (list: readonly object[]) => readRoutes(JSON.stringify(list)) ?? new Map<string, string>();
  const before = read([route("a", "a"), route("b", "b"), route("c", "c"), { name: "d", uri: "d", method: "GET" }]);
  const after = read([
    { method: "GET", uri: "d", name: "d" },
    route("c", "c", ["web"]),
    route("b", "b"),
    route("e", "e"),
  ]);
  expect(compareRoutes(before, after)).toEqual({ removed: ["GET a"], added: ["GET e"], changed: ["GET c"] });
  expect(compareRoutes(before, before)).toEqual({ removed: [], added: [], changed: [] });
});

test("two routes of one signature are both known", () => {
  const both = readRoutes('[{"method":"GET","uri":"a","name":"1"},{"method":"GET","uri":"a","name":"2"}]');
  const one = readRoutes('[{"method":"GET","uri":"a","name":"1"}]');
  if (!both || !one) throw new Error("not read");
  expect(compareRoutes(both, one).changed).toEqual(["GET a"]);
});

test("what is written is read as the same, one route on a line", () => {
  const text = '[{"uri":"b","method":"POST","name":"n","path":"app/B.php"},{"method":"GET","uri":"/"}]';
  const routes = readRoutes(text);
  if (!routes) throw new Error("not read");
  const written = writtenRoutes(routes);
  expect(written).toBe(
    '[\n  {"method":"GET","uri":"/"},\n  {"method":"POST","uri":"b","name":"n","path":"app/B.php"}\n]\n',
  );
  expect(readRoutes(written)).toEqual(new Map([...routes].sort()));
});
