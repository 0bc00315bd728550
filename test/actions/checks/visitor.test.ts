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
    response.end(`${request.method ?? ""} ${type} ${request.headers["x-a"] ?? ""} ${await bodyOf(request)}`);
  });
  const { visit } = newVisitor(site, limits);
  const parts = new FormData();
  parts.set("file", new Blob(["content"]), "a.txt");
  expect((await visit("/", { form: { a: "b c" } })).text).toBe("POST application/x-www-form-urlencoded  a=b+c");
  expect((await visit("/", { json: { a: [1] }, method: "PUT" })).text).toBe('PUT application/json  {"a":[1]}');
  expect((await visit("/", { parts })).text).toMatch(/^POST multipart\/form-data .*filename="a\.txt".*content/s);
  expect((await visit("/", { method: "DELETE", headers: { "x-a": "1" } })).text).toBe("DELETE none 1 ");
});
