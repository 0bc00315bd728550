/** Checks asked in a preview: their verdict, and no trace anywhere. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
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
  expect(await askNow(http(`${site}/silent`), at("s"), 0.1)).toMatchObject({
    ...{ verdict: "unknown", seen: "The operation was aborted due to timeout" },
  });
  expect(await askNow({ action: "actions/checks/none", args: {} }, at("s"), 5)).toEqual({
    ...{ verdict: "unknown", seen: "actions/checks/none: there is no such action" },
  });
});
