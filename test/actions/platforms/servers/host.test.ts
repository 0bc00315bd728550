/** One host: where its releases are, which one is current, and how one sees that it serves. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { Refusal } from "../../../../actions/action.ts";
import {
  currentOf,
  enterHost,
  evidenceSchema,
  folderOf,
  hostSchema,
  point,
  readManifest,
  reload,
  verify,
} from "../../../../actions/platforms/servers/host.ts";
import { closedAddress, makeContext, temporaryFolder } from "../../../support/context.ts";
import { type Behaviour, makeHost, manifestOf, reloadInWords, switchOf } from "../../../support/hosts.ts";

const { evidence } = switchOf([]);
const { context } = makeContext({ store: "store" });

/** A host on which v1 is loaded, and what was said about verifying it. */
async function verified(behaviour: Behaviour, want = manifestOf("v1")) {
  const host = await makeHost("web-1");
  const { context, logged } = makeContext();
  point(host, host.place("v1", behaviour), context);
  await fetch(`${host.address}/-/load`);
  const wrong = await verify(host, want, evidence, context).then(
    () => "well",
    (error: unknown) => (error as Error).message,
  );
  return { wrong, logged };
}

test("current is a link that moves in one step, and stays within the host", async () => {
  const host = await makeHost("web-1");
  expect(currentOf(host)).toBeUndefined();
  point(host, host.place("v1"), context);
  point(host, host.place("v2"), context);
  expect([currentOf(host), readlinkSync(join(host.directory, "current"))]).toEqual(["v2-f", "releases/v2-f"]);
  expect(readManifest(host, "v2-f")).toEqual(manifestOf("v2"));
  expect(folderOf(host, "v2-f")).toBe(join(host.directory, "releases", "v2-f"));
  expect(readdirSync(host.directory).sort()).toEqual(["address", "current", "fence", "log", "releases"]);
});

test("what a killed run of the same number left does not disturb", async () => {
  const host = await makeHost("web-1");
  symlinkSync("releases/old", join(host.directory, "current.1.next"));
  point(host, host.place("v1"), context);
  expect(currentOf(host)).toBe("v1-f");
  expect(lstatSync(join(host.directory, "current")).isSymbolicLink()).toBe(true);
});

test("a current that is no link is an error", () => {
  const directory = temporaryFolder();
  writeFileSync(join(directory, "current"), "");
  expect(() => currentOf({ name: "web-1", directory, address: "" })).toThrow(
    `web-1: current is no link to a release: ${join(directory, "current")}`,
  );
});

test("a current that leads out of the host's releases is no release, whatever it is called", async () => {
  const host = await makeHost("web-1");
  const id = host.place("v1");
  const elsewhere = join(temporaryFolder(), "releases", id);
  symlinkSync(elsewhere, join(host.directory, "current"));
  expect(() => currentOf(host)).toThrow(
    new Refusal(`web-1: current points at ${elsewhere}, which is no release of this host`),
  );
  point(host, id, context);
  expect(readlinkSync(join(host.directory, "current"))).toBe(`releases/${id}`);
});

test("a release's folder that is a link to elsewhere is refused, not followed", async () => {
  const host = await makeHost("web-1");
  const elsewhere = (await makeHost("web-2")).directory;
  mkdirSync(join(host.directory, "releases"));
  symlinkSync(elsewhere, join(host.directory, "releases", "v1-f"));
  writeFileSync(join(elsewhere, ".switchback.json"), JSON.stringify(manifestOf("v1")));
  const refusal = `web-1: releases/v1-f is a link to ${elsewhere}, which no rollout has made. Find out who has, and remove it`;
  expect(() => readManifest(host, "v1-f")).toThrow(new Refusal(refusal));
});

test("a host that is not there is refused, and nothing is made in its place", async () => {
  const host = await makeHost("web-1");
  const lost = { ...host, directory: join(host.directory, "mount") };
  const empty = { ...host, directory: temporaryFolder() };
  for (const one of [lost, empty])
    expect(() => {
      enterHost(one, context);
    }).toThrow(`web-1: ${one.directory} holds no releases. Is the host up, its disk mounted? When it is back:`);
  expect([existsSync(lost.directory), readdirSync(empty.directory)]).toEqual([false, []]);
  expect(() => readManifest(host, "v9-f")).toThrow(
    "web-1: releases/v9-f is not there. Was the host lost since it was prepared, or its disk? When it is back: switchback up",
  );
});

test("the application is told to load in the host's folder; its failure is one", async () => {
  const host = await makeHost("web-1");
  const { context } = makeContext();
  const { reload: argv } = switchOf([host]);
  point(host, host.place("v1"), context);
  await reload(host, argv, context);
  expect(host.loads).toBe(1);
  point(host, host.place("v2", { refuses: "v2 does not come up" }), context);
  await expect(reload(host, argv, context)).rejects.toThrow(
    `${reloadInWords}: failed (exit code 1)\n  v2 does not come up`,
  );
});

test("a host is well after as many good answers in a row as are wanted", async () => {
  expect(await verified({})).toEqual({
    ...{ wrong: "well", logged: ["web-1: attempt 1 of 4: well", "web-1: attempt 2 of 4: well"] },
  });
});

test.each<[string, Behaviour, string]>([
  ["is not healthy", { health: 500 }, "web-1: /health answered 500 (asked 4 times)"],
  [
    "answers as another release",
    { answers: { release: "v0", commit: "c".repeat(40) } },
    "web-1: v0 (ccccccc) answers (asked 4 times)",
  ],
  [
    "answers with another commit",
    { answers: { release: "v1", commit: "c".repeat(40) } },
    "web-1: v1 (ccccccc) answers (asked 4 times)",
  ],
  [
    "answers nothing that can be read",
    { answers: "<html>" },
    `web-1: no answer: Unexpected token '<', "<html>" is not valid JSON (asked 4 times)`,
  ],
])("a host that %s is not well", async (_, behaviour, wrong) => {
  const { wrong: found, logged } = await verified(behaviour);
  expect([found, logged.length]).toEqual([wrong, 4]);
});

test("one that is well only now and then is not, and one where nobody is neither", async () => {
  const host = await makeHost("web-1");
  point(host, host.place("v1"), context);
  let asked = 0;
  const log = (): void => {
    const health = asked++ % 2 === 0 ? 500 : 200;
    writeFileSync(join(host.directory, "releases/v1-f/behaviour"), JSON.stringify({ health }));
  };
  await fetch(`${host.address}/-/load`);
  const flicker = { ...context, log };
  const steady = { ...evidence, steady: 5 };
  await expect(verify(host, manifestOf("v1"), steady, flicker)).rejects.toThrow(
    "web-1: not steadily well (asked 4 times)",
  );
  const address = await closedAddress();
  await expect(verify({ ...host, address }, manifestOf("v1"), evidence, context)).rejects.toThrow(
    `web-1: no answer: connect ECONNREFUSED 127.0.0.1:${new URL(address).port} (asked 4 times)`,
  );
});

test("hosts and evidence are checked when the pipeline is written", () => {
  expect(hostSchema(z).safeParse({ name: "", directory: "", address: "x" }).error?.issues.length).toBe(3);
  expect(evidenceSchema(z).safeParse({ ...evidence, health: "health", attempts: 0 }).error?.issues.length).toBe(2);
  expect(evidenceSchema(z).parse(evidence)).toEqual(evidence);
});

test("who slept between the last look and the switch finds nothing to switch with", async () => {
  const host = await makeHost("web-1");
  const early = makeContext({ fencing: 4, rollout: "4-a" }).context;
  const later = makeContext({ fencing: 5, rollout: "5-b", release: "v3" }).context;
  host.place("v1");
  // What the early one has put in place, and what the later one finds when it comes.
  symlinkSync("releases/v1-f", join(host.directory, "current.4.next"));
  point(host, host.place("v2"), later);
  expect(readdirSync(host.directory).filter((name) => name.endsWith(".next"))).toEqual([]);
  expect(() => {
    point(host, "v1-f", early);
  }).toThrow("web-1: rollout 5-b (v3) has acted here since, with fencing number 5 over 4.");
  expect(currentOf(host)).toBe("v2-f");
  expect(readdirSync(host.directory).sort()).toEqual(["address", "current", "fence", "log", "releases"]);
});
