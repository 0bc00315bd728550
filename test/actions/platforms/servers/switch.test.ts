/** Switching all hosts of an environment to a folder, and back. */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { Fenced } from "../../../../actions/fence.ts";
import { currentOf } from "../../../../actions/platforms/servers/host.ts";
import { readSettled } from "../../../../actions/platforms/servers/settled.ts";
import { settle, switchAll, switchBack, switchSchema } from "../../../../actions/platforms/servers/switch.ts";
import { makeContext } from "../../../support/context.ts";
import { makeHost, manifestOf, reloadInWords, stateOf, switchOf, type TestHost } from "../../../support/hosts.ts";

const threeHosts = (): Promise<[TestHost, TestHost, TestHost]> =>
  Promise.all([makeHost("web-1"), makeHost("web-2"), makeHost("web-3")]);

test("every host is switched, told to load once, and verified", async () => {
  const hosts = await threeHosts();
  for (const host of hosts) host.place("v1");
  const { context, told } = makeContext();
  expect(await switchAll(switchOf(hosts), "v1-f", context)).toBe("");
  expect(await Promise.all(hosts.map(stateOf))).toEqual(hosts.map(() => ["v1", false]));
  expect(hosts.map(({ loads }) => loads)).toEqual([1, 1, 1]);
  expect(told).toEqual(["web-1: switching to v1", "web-2: switching to v1", "web-3: switching to v1"]);
});

test("asked again, hosts that serve the folder are left in peace; where it cannot be told from which folder, they load it", async () => {
  const hosts = await threeHosts();
  for (const host of hosts) host.place("v1");
  const { context, told } = makeContext();
  expect(await switchAll(switchOf(hosts), "v1-f", context)).toBe("");
  // The same release and commit with another configuration: what it answers is the same.
  cpSync(join(hosts[1].directory, "releases/v1-f"), join(hosts[1].directory, "releases/v1-g"), { recursive: true });
  hosts[2].place("v1", { health: 500 });
  await fetch(`${hosts[2].address}/-/load`);
  hosts[2].place("v1");
  expect(await switchAll(switchOf(hosts), "v1-f", context)).toBe("");
  expect(hosts.map(({ loads }) => loads)).toEqual([1, 2, 3]);
  expect(await Promise.all(hosts.map(stateOf))).toEqual(hosts.map(() => ["v1", false]));
  expect(told.slice(3).sort()).toEqual([
    "web-1: v1 serves already",
    "web-2: switching to v1",
    "web-3: switching to v1",
  ]);
});

test("a host that serves the folder already is still refused to who has lost the right", async () => {
  const host = await makeHost("web-1");
  host.place("v1");
  expect(await switchAll(switchOf([host]), "v1-f", makeContext({ fencing: 2 }).context)).toBe("");
  await expect(switchAll(switchOf([host]), "v1-f", makeContext({ fencing: 1 }).context)).rejects.toThrow(Fenced);
  expect(host.loads).toBe(1);
});

test("what goes wrong is told host by host, and one does not stop the others", async () => {
  const hosts = await threeHosts();
  hosts[0].place("v1", { health: 500 });
  hosts[2].place("v1", { refuses: "no memory" });
  const { context } = makeContext();
  expect(await switchAll(switchOf(hosts), "v1-f", context)).toBe(
    [
      "web-1: /health answered 500 (asked 4 times)",
      "web-2: releases/v1-f is not there. Was the host lost since it was prepared, or its disk? When it is back: switchback up",
      `${reloadInWords}: failed (exit code 1)`,
      "  no memory",
    ].join("\n"),
  );
});

test("back to what served before: all hosts, verified, and remembered", async () => {
  const hosts = await threeHosts();
  for (const host of hosts) host.place("v1");
  const { context, store } = makeContext({ rollout: "3-c" });
  const after = { ...manifestOf("v1"), folder: "v1-f", rollout: "3-c", before: "", fencing: 1 };
  expect(await switchBack(switchOf(hosts), "v1-f", context)).toEqual({ ...after, verified: true });
  expect(readSettled(store)).toEqual(after);
  expect(hosts.map(currentOf)).toEqual(["v1-f", "v1-f", "v1-f"]);
});

test("back to what does not serve well either is recorded as what it is", async () => {
  const host = await makeHost("web-1");
  host.place("v1", { health: 503 });
  const { context, told, store } = makeContext();
  expect((await switchBack(switchOf([host]), "v1-f", context)).verified).toBe(false);
  expect(told.at(-1)).toBe(
    "v1 does not serve well either, look at the infrastructure: web-1: /health answered 503 (asked 4 times)",
  );
  expect(readSettled(store)?.release).toBe("v1");
});

test("back where a host is lost: the others go back, and what is true is recorded", async () => {
  const hosts = await threeHosts();
  for (const host of hosts) host.place("v1");
  rmSync(hosts[0].directory, { recursive: true });
  const { context, told, store } = makeContext({ rollout: "3-c" });
  const after = { ...manifestOf("v1"), folder: "v1-f", rollout: "3-c", before: "", fencing: 1 };
  expect(await switchBack(switchOf(hosts), "v1-f", context)).toEqual({ ...after, verified: false });
  expect(told.at(-1)).toMatch(/^v1 does not serve well either, .*: web-1: releases\/v1-f is not there\./);
  expect([existsSync(hosts[0].directory), hosts.slice(1).map(currentOf)]).toEqual([false, ["v1-f", "v1-f"]]);
  for (const { directory } of hosts.slice(1)) rmSync(directory, { recursive: true });
  expect(await switchBack(switchOf(hosts), "v1-f", context)).toEqual({ ...after, verified: false });
  expect(readSettled(store)).toEqual(after);
});

test("where nothing served before, nothing serves, and nothing is remembered", async () => {
  const { context, told, store } = makeContext({ rollout: "1-a" });
  expect(await switchBack(switchOf([await makeHost("web-1")]), "", context)).toEqual({
    ...{ release: "none", commit: "", artifact: "", folder: "", rollout: "1-a", before: "", verified: false },
  });
  expect(told).toEqual(["there is no earlier release to go back to"]);
  expect(readSettled(store)).toBeUndefined();
});

test("an environment without a host, or a reload without a command, is refused", async () => {
  const args = switchOf([await makeHost("web-1")]);
  expect(switchSchema(z).parse(args)).toEqual(args);
  expect(
    switchSchema(z)
      .safeParse({ ...args, hosts: [], reload: [] })
      .error?.issues.map(({ path }) => path),
  ).toEqual([...[["hosts"], ["reload"]]]);
  expect(() => settle({ ...args, hosts: [] }, "v1-f", true, makeContext().context)).toThrow(
    "an environment has at least one host",
  );
});
