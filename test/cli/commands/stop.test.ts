// How an application is stopped is known from how it is reloaded. Its command sees nothing of ours, and disturbs no rollout.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stopCommand } from "../../../cli/commands/stop.ts";
import { inStore } from "../../../release/store.ts";
import type { Lease } from "../../../runtime/lease.ts";
import { nameOf, type Owner, thisProcess } from "../../../runtime/owner.ts";
import { type Said, switchback } from "../switchback.ts";
import { FakeProject } from "./fake-project.ts";

const activation = (reload: string[]) => ({ hosts: [], address: "", reload, evidence: { health: "/", version: "/" } });

test.each([
  [undefined, ["node", "current/bin/parcel.ts", "stop"]],
  [activation(["node", "current/bin/app.js", "reload"]), ["node", "current/bin/app.js", "stop"]],
])("%j", (given, command) => {
  expect(stopCommand(given)).toEqual(command);
});

test("refuses to guess", () => {
  expect(() => stopCommand(activation(["systemctl", "restart", "app"]))).toThrow(
    "stop: the application is reloaded by `systemctl restart app`, which does not tell how it is stopped.",
  );
});

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({}, []);
});
afterEach(() => {
  project.remove();
});

const inHost = (path: string): string => join(project.folder, "a", path);

/** A release on the host that stops as this program says. */
function serve(program: string): void {
  mkdirSync(inHost("current/bin"), { recursive: true });
  writeFileSync(inHost("current/package.json"), '{"type":"module"}');
  writeFileSync(inHost("current/bin/parcel.ts"), program);
}

const keep =
  'import { writeFileSync } from "node:fs"; writeFileSync("seen", JSON.stringify([process.argv.slice(2), Object.keys(process.env)]));';

async function stop(secrets: Readonly<Record<string, string>> = {}): Promise<Said> {
  const { folder, environment } = project;
  const { stderr, ...said } = await switchback({ folder, environment: { ...environment, ...secrets } }, "stop");
  return { ...said, stderr: stderr.replace(/^engine: .*\n?/, "") };
}

test("the release's own command sees none of the secrets of who stops it", async () => {
  serve(keep);
  const secrets = { PULUMI_CONFIG_PASSPHRASE: "a", PULUMI_ACCESS_TOKEN: "b", AWS_SECRET_ACCESS_KEY: "c" };
  expect(await stop(secrets)).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: "stopped: a. To start again: switchback up --again",
  });
  const [argv, seen] = JSON.parse(readFileSync(inHost("seen"), "utf8")) as [string[], string[]];
  expect([argv, seen.sort()]).toEqual([["stop"], ["HOME", "PATH"]]);
});

test("one that fails is told with its last lines, which move no cursor", async () => {
  serve('console.error("cannot\\u001b[2J stop"); process.exitCode = 3;');
  expect(await stop()).toEqual({
    ...{ exitCode: 1, stdout: "" },
    stderr: `switchback: a: ${process.execPath} current/bin/parcel.ts stop: failed (exit code 3)\n  cannot stop`,
  });
});

test.each<[string, Owner]>([
  ["alive", thisProcess()],
  ["on another machine", { ...thisProcess(), machine: "ci-7" }],
])("while the owner of a rollout is %s nothing is stopped", async (_, owner) => {
  serve(keep);
  const heartbeat = new Date().toISOString();
  const lease: Lease = {
    ...{ fencing: 4, rollout: "4-other", release: "v2", step: "parcel-activation", owner, engine: owner },
    ...{ opened: "4-other", since: heartbeat, heartbeat, ledger: { entry: 0, digest: "" } },
    expires: new Date(Date.now() + 120_000).toISOString(),
  };
  mkdirSync(join(project.folder, "store"));
  writeFileSync(inStore.lease(join(project.folder, "store")), JSON.stringify(lease));
  expect(await stop()).toEqual({
    ...{ exitCode: 1, stdout: "" },
    stderr:
      `switchback: staging: rollout 4-other (v2) is at parcel-activation, by ${nameOf(owner)}, heard of at ${heartbeat}. Nothing was stopped. ` +
      "Wait for it to end, then: switchback stop. Is it dead? To see: switchback unlock",
  });
  expect(() => readFileSync(inHost("seen"))).toThrow("ENOENT");
});
