/** Checks asked in a preview: their verdict, and no trace anywhere. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { command } from "../../actions/checks/command.ts";
import { query } from "../../actions/checks/query.ts";
import { schema } from "../../actions/checks/schema.ts";
import { inspectSqlite } from "../../actions/databases/sqlite/inspect.ts";
import { querySqlite } from "../../actions/databases/sqlite/query.ts";
import { call } from "../../components/call.ts";
import { askNow } from "../../runtime/ask-now.ts";
import { closedAddress, serve, temporaryFolder } from "../support/context.ts";
import { TestRepository } from "../support/repository.ts";

const at = (store: string) => ({ release: "v2", store });
const http = (url: string) => ({ action: "actions/checks/http", args: { url, status: 200, timeoutSeconds: 5 } });

test("a check answers as in a rollout, and leaves nothing in the store", async () => {
  const store = temporaryFolder();
  const url = await serve((_, response) => response.end());
  expect(await askNow(http(url), at(store), 5)).toMatchObject({ verdict: "pass", seen: `${url} answered 200` });
  expect(await askNow(http(await closedAddress()), at(store), 5)).toMatchObject({ verdict: "unknown" });
  expect(readdirSync(store)).toEqual([]);
});

test("one that runs a program does so here, too", async () => {
  const repository = new TestRepository();
  const commit = repository.commit("First");
  repository.tag("v2");
  const args = { repository: repository.path, tag: "v2", commit };
  const { verdict } = await askNow({ action: "actions/checks/annotated-tag", args }, at("store"), 5);
  expect(verdict).toBe("pass");
  const failing = [process.execPath, "-e", "console.error('broken'); process.exitCode = 3"];
  const { seen } = await askNow(call(command, { directory: ".", folder: ".", argv: failing }), at("store"), 5);
  expect(seen).toMatch(/: exit code 3, want 0: broken$/);
});

test("what a check looks with gives it all that it saw, or is why nobody can tell", async () => {
  const path = join(temporaryFolder(), "shop.db");
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1), (2)");
  database.close();
  const inspecting = (file: string) =>
    call(schema, { inspect: call(inspectSqlite, { path: file }), expect: { orders: ["id"] } });
  const asking = call(query, { ask: call(querySqlite, { path, sql: "SELECT count(*) FROM orders" }), scalar: 3 });
  expect([inspecting(path).quick, asking.quick]).toEqual([true, true]);
  expect(await askNow(inspecting(path), at("store"), 5)).toEqual({ verdict: "pass", seen: "1 of 1 tables as wanted" });
  expect(await askNow(asking, at("store"), 5)).toEqual({ verdict: "fail", seen: "the query answered 2, want 3" });
  const none = `${path}.none`;
  const seen = `${none}: unable to open database file`;
  expect(await askNow(inspecting(none), at("store"), 5)).toEqual({ verdict: "unknown", seen });
});

test("one that needs a secret, takes too long, or is not there, cannot tell", async () => {
  const site = await serve((request, response) => {
    if (request.url !== "/silent") response.writeHead(request.url === "/orders" ? 302 : 200).end();
  });
  const args = { address: site, path: "/login", user: "kim", password: "SMOKE", page: "/orders", timeoutSeconds: 5 };
  const fields = { user: "email", password: "password" };
  expect(
    await askNow({ action: "actions/checks/login", args: { ...args, fields, logout: "/logout" } }, at("s"), 5),
  ).toMatchObject({
    ...{ verdict: "unknown", seen: "the secret SMOKE is not known before the rollout" },
  });
  expect(await askNow(http(`${site}/silent`), at("s"), 0.1003)).toMatchObject({
    ...{ verdict: "unknown", seen: "The operation was aborted due to timeout" },
  });
  expect(await askNow({ action: "actions/checks/none", args: {} }, at("s"), 5)).toEqual({
    ...{ verdict: "unknown", seen: "actions/checks/none: there is no such action" },
  });
});
