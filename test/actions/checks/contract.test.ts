/** Drift of the contract from one release to the next, by real requests and a real store. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contract } from "../../../actions/checks/contract.ts";
import { call } from "../../../components/call.ts";
import { inStore } from "../../../release/store.ts";
import { act, bodyOf, closedAddress, serve, temporaryFolder } from "../../support/context.ts";

interface Site {
  status: number;
  location: string;
  frame: string;
  flash: string;
}

/** A site whose answers can be changed, as the next release of it would. */
async function makeSite(): Promise<{ address: string; site: Site }> {
  const site: Site = { status: 200, location: "/home", frame: "DENY", flash: "Welcome" };
  const address = await serve(async (request, response) => {
    response.setHeader("x-frame-options", site.frame).setHeader("set-cookie", "sid=x; HttpOnly");
    if (request.method === "POST") {
      const { user, password } = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
      if (user === "kim" && password !== "pw") return response.writeHead(401).end();
      return response.writeHead(303, { location: site.location }).end();
    }
    return response.writeHead(site.status).end(`<p class="flash">${site.flash}</p>`);
  });
  return { address, site };
}

const requests = [{ path: "/" }, { method: "POST" as const, path: "/login", form: {}, flash: 'flash">(.*?)<' }];

async function verdict(address: string, store: string, release: string, before: string, more: object = {}) {
  const args = { address, requests, headers: ["x-frame-options"], before, ...more };
  const { result, kept } = await act(contract, args, { store, release, step: "smoke-contract", secrets: { PW: "pw" } });
  return { answer: [result.verdict, result.seen], kept };
}

test("the first release is recorded, the next one compared with it, and recorded in its turn", async () => {
  const { address } = await makeSite();
  const store = temporaryFolder();
  const first = await verdict(address, store, "v1", "none");
  expect(first.answer).toEqual(["pass", "2 answers recorded for the next release"]);
  expect((await verdict(address, store, "v2", "v1")).answer).toEqual(["pass", "2 answers as v1 gave them"]);
  const recorded = readFileSync(inStore.contract(store, "smoke-contract", "v2"), "utf8");
  expect(JSON.parse(recorded)).toMatchObject({ "POST /login": { status: "303", location: "/home", flash: "Welcome" } });
  expect(first.kept["contract.json"]).toBe(recorded);
});

test.each<[keyof Site, string | number, string]>([
  ["status", 500, "GET /: status 200 → 500"],
  ["location", "/elsewhere", "POST /login: location /home → /elsewhere"],
  ["frame", "SAMEORIGIN", "GET /: header x-frame-options DENY → SAMEORIGIN"],
  ["flash", "Hello", "POST /login: flash Welcome → Hello"],
])("another %s fails, and is not recorded", async (what, value, words) => {
  const { address, site } = await makeSite();
  const store = temporaryFolder();
  await verdict(address, store, "v1", "none");
  Object.assign(site, { [what]: value });
  for (const _ of ["first", "again"]) {
    const { answer } = await verdict(address, store, "v2", "v1");
    expect(answer).toEqual(["fail", expect.stringContaining(words)]);
    expect(answer[1]).toMatch(/^\d differences? from v1: /);
  }
});

test("a difference that is allowed passes, and is the contract from then on", async () => {
  const { address, site } = await makeSite();
  const store = temporaryFolder();
  await verdict(address, store, "v1", "none");
  site.location = "/elsewhere";
  const allowed = [{ request: "POST /login", what: "location" }];
  expect((await verdict(address, store, "v2", "v1", { allowed })).answer).toEqual([
    ...["pass", "2 answers as v1 gave them, but for 1 that are allowed"],
  ]);
  expect((await verdict(address, store, "v3", "v2")).answer[0]).toBe("pass");
});

test("a release that comes back is compared with itself, not with the one it replaces", async () => {
  const { address, site } = await makeSite();
  const store = temporaryFolder();
  await verdict(address, store, "v1", "none");
  site.flash = "Hello";
  await verdict(address, store, "v2", "none");
  expect((await verdict(address, store, "v1", "v2")).answer).toEqual(["fail", expect.stringContaining("from v1")]);
  site.flash = "Welcome";
  expect((await verdict(address, store, "v1", "v2")).answer).toEqual(["pass", "2 answers as v1 gave them"]);
});

test("where the release before has no record, it warns, and records", async () => {
  const { address } = await makeSite();
  const store = temporaryFolder();
  const words = "v1 has no recorded contract to compare with; that of v2 is recorded";
  expect((await verdict(address, store, "v2", "v1")).answer).toEqual(["warn", words]);
  expect((await verdict(address, store, "v2", "v1")).answer[0]).toBe("pass");
});

test("somebody can sign in first; who cannot, fails", async () => {
  const { address } = await makeSite();
  const fields = { user: "user", password: "password" };
  const user = { user: "kim", password: "PW", fields };
  expect((await verdict(address, temporaryFolder(), "v1", "none", { user })).answer[0]).toBe("pass");
  const other = { ...user, password: "OTHER" };
  expect((await verdict(address, temporaryFolder(), "v1", "none", { user: other })).answer).toEqual([
    ...["unknown", "step: was not given the secret OTHER"],
  ]);
});

test("no answer cannot be judged, and nothing is recorded", async () => {
  const store = temporaryFolder();
  const address = await closedAddress();
  expect((await verdict(address, store, "v1", "none")).answer[0]).toBe("unknown");
  expect(() => readFileSync(inStore.contract(store, "smoke-contract", "v1"))).toThrow("ENOENT");
});

test("a contract of nothing, and a pattern that is none, are refused", () => {
  const base = { address: "http://127.0.0.1", before: "v1" };
  expect(() => call(contract, { ...base, requests: [] })).toThrow("compares nothing, so it would always pass");
  expect(() => call(contract, { ...base, requests: [{ path: "/", flash: "(" }] })).toThrow("is no regular expression");
});
