/** A visitor's memory, and what it sends. */
import { expect, test } from "vitest";
import { newVisitor } from "../../../actions/checks/visitor.ts";
import { bodyOf, serve } from "../../support/context.ts";

const limits = { signal: new AbortController().signal, timeoutSeconds: 5 };

test("cookies are kept, sent along, and forgotten when the site takes them back", async () => {
  const site = await serve((request, response) => {
    const set: Record<string, string[]> = {
      "/in": ["sid=a=b; Path=/; HttpOnly", "lang=en", "old=1"],
      "/out": ["sid=; Path=/", "old=x; Max-Age=0"],
    };
    response.setHeader("set-cookie", set[request.url ?? ""] ?? []).end(request.headers.cookie ?? "none");
  });
  const { visit, cookies } = newVisitor(site, limits);
  expect((await visit("/in")).text).toBe("none");
  expect((await visit("/")).text).toBe("sid=a=b; lang=en; old=1");
  await visit("/out");
  expect([...cookies]).toEqual([["lang", "en"]]);
  expect((await newVisitor(site, limits).visit("/")).text).toBe("none");
});

test("forms, JSON, parts and methods are sent as what they are", async () => {
  const site = await serve(async (request, response) => {
    const type = request.headers["content-type"]?.split(";")[0] ?? "none";
    response.end(`${request.method ?? ""} ${type} ${String(request.headers["x-a"] ?? "")} ${await bodyOf(request)}`);
  });
  const { visit } = newVisitor(site, limits);
  const parts = new FormData();
  parts.set("file", new Blob(["content"]), "a.txt");
  expect((await visit("/", { form: { a: "b c" } })).text).toBe("POST application/x-www-form-urlencoded  a=b+c");
  expect((await visit("/", { json: { a: [1] }, method: "PUT" })).text).toBe('PUT application/json  {"a":[1]}');
  expect((await visit("/", { parts })).text).toMatch(/^POST multipart\/form-data .*filename="a\.txt".*content/s);
  expect((await visit("/", { method: "DELETE", headers: { "x-a": "1" } })).text).toBe("DELETE none 1 ");
});

test("a cookie is over when its time is, Max-Age before Expires", async () => {
  const past = "Thu, 01 Jan 1970 00:00:00 GMT";
  const future = new Date(Date.now() + 3_600_000).toUTCString();
  const site = await serve((_, response) => {
    response.setHeader("set-cookie", [
      ...[`a=1; Expires=${past}`, `b=1; expires=${future}`, "c=1; Max-Age=-1", `d=1; Max-Age=9; Expires=${past}`],
      ...["e=1; Expires=nonsense", "f=1; Max-Age=nonsense", "=nothing", "g"],
    ]);
    response.end();
  });
  const visitor = newVisitor(site, limits, [
    ["a", "0"],
    ["c", "0"],
  ]);
  await visitor.visit("/");
  expect([...visitor.cookies.keys()]).toEqual(["b", "d", "e", "f"]);
});

test("a cookie with a prefix is kept only as browsers keep it", async () => {
  const site = await serve((_, response) => {
    response.setHeader("set-cookie", [
      ...[
        "__Host-a=1; Secure; Path=/",
        "__Host-b=1; Path=/",
        "__Host-c=1; Secure",
        "__Host-d=1; Secure; Path=/; Domain=x",
      ],
      ...["__Secure-e=1; secure", "__Secure-f=1"],
    ]);
    response.end();
  });
  const visitor = newVisitor(site, limits);
  await visitor.visit("/");
  expect([...visitor.cookies.keys()]).toEqual(["__Host-a", "__Secure-e"]);
});

test("another site gets no cookies, and sets none", async () => {
  const other = await serve((request, response) =>
    response.writeHead(200, { "set-cookie": "bad=1" }).end(request.headers.cookie ?? "none"),
  );
  const site = await serve((request, response) => response.end(request.headers.cookie));
  const { visit, cookies } = newVisitor(site, limits, [["sid", "1"]]);
  expect((await visit(`${other}/file`)).text).toBe("none");
  expect((await visit(`${site}/file`)).text).toBe("sid=1");
  expect([...cookies]).toEqual([["sid", "1"]]);
});
