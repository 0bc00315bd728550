/** Proves that a store put back from an earlier copy is found out before anything is changed, and may be gone on with on purpose. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Rollout } from "../../actions/rollout/open.ts";
import { readStamp } from "../../actions/fence.ts";
import { currentOf, fenceOf } from "../../actions/platforms/servers/host.ts";
import { readSettled } from "../../actions/platforms/servers/settled.ts";
import { lookThrough } from "../../cli/commands/verify.ts";
import { inStore } from "../../release/store.ts";
import { readLease } from "../../runtime/lease.ts";
import { makeProject } from "../support/context.ts";
import { makeHost, switchOf, type TestHost } from "../support/hosts.ts";
import { type Ended, runStep } from "../support/step.ts";

const none = { after: "none", rollbackFrom: "none", again: "none", restore: "none", leaveStore: "none" };

/** An environment with one host, whose rollouts are two steps each. */
class Environment {
  readonly project = makeProject();
  readonly store = join(this.project, "store");
  readonly host: TestHost;
  private last: Rollout | undefined;

  constructor(host: TestHost) {
    this.host = host;
  }

  async open(release: string, differing: Partial<typeof none> = {}): Promise<Ended> {
    const args = { commit: "c", configuration: "x", ...none, ...differing };
    const spec = { action: "actions/rollout/open", args, step: "shop-rollout", release, opens: true };
    const ended = await runStep(this.project, spec, { rollout: "", previous: this.last });
    if (ended.code === 0) this.last = JSON.parse(ended.stdout) as Rollout;
    return ended;
  }

  get rollout(): Rollout {
    if (!this.last) throw new Error("no rollout was opened");
    return this.last;
  }

  activate(release: string): Promise<Ended> {
    const needs = { PREPARED: { folder: this.host.place(release), release, commit: "c" } };
    const args = switchOf([this.host]);
    const spec = { action: "actions/platforms/servers/activate", step: "shop-activation", survives: true, last: true };
    return runStep(this.project, { ...spec, args, release }, { rollout: this.rollout.id, needs });
  }

  async release(release: string): Promise<void> {
    expect((await this.open(release)).stderr).toMatch(/^rollout /);
    expect((await this.activate(release)).code).toBe(0);
  }

  /** What `switchback verify` has against it. */
  async wrong(): Promise<string[]> {
    const stamp = readStamp(fenceOf(this.host));
    const findings = await lookThrough(this.store, new Map(stamp ? [["web-1", stamp]] : []));
    return findings.flatMap(({ wrong }) => wrong);
  }
}

const onPurpose = (id: string): string =>
  "Nothing more is changed. Put the newest copy of the store in its place. " +
  `To go on with this one as it is, on purpose: switchback:leaveStore: ${id} in the stack's file`;

test("the whole store of last night: no host is switched, nothing is recorded to serve; left on purpose, it goes on", async () => {
  const environment = new Environment(await makeHost("web-1"));
  const { store, host } = environment;
  await environment.release("v1");
  cpSync(store, `${store}-last-night`, { recursive: true });
  await environment.release("v2");
  rmSync(store, { recursive: true });
  cpSync(`${store}-last-night`, store, { recursive: true });
  const { store: id } = environment.rollout;
  const loads = host.loads;

  expect((await environment.open("v3")).code).toBe(0);
  const refused = await environment.activate("v3");
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  const fork = `${inStore.ledger(store)}: a fork: its entry 3 is not the one that web-1 has witnessed. Another copy of the store went on`;
  expect(refused.stderr).toContain(`${fork}. ${onPurpose(id)}\n  log: `);
  expect([currentOf(host), host.loads, readSettled(store)?.release]).toEqual(["v2-f", loads, "v1"]);
  expect(await environment.wrong()).toEqual([fork]);

  expect((await environment.open("v3", { leaveStore: id })).code).toBe(0);
  expect(environment.rollout.store).not.toBe(id);
  expect((await environment.activate("v3")).code).toBe(0);
  expect([currentOf(host), readSettled(store)?.release, await environment.wrong()]).toEqual(["v3-f", "v3", []]);
  await environment.release("v4");
  expect(await environment.wrong()).toEqual([]);
}, 60_000);

test("a ledger that was cut off: no rollout is opened, and the lease goes on saying what it has seen", async () => {
  const environment = new Environment(await makeHost("web-1"));
  const { store } = environment;
  for (const release of ["v1", "v2", "v3"]) await environment.release(release);
  const [first, second] = readFileSync(inStore.ledger(store), "utf8").split("\n");
  writeFileSync(inStore.ledger(store), `${first ?? ""}\n${second ?? ""}\n`);
  const lease = readLease(store);
  const { stderr, code } = await environment.open("v4");
  const { store: id } = environment.rollout;
  const cut = (who: string, entry: number): string =>
    `ledger.jsonl: ends at entry 2, ${who} has witnessed entry ${entry}: it was cut off, or is an earlier copy of the store`;
  expect([code, stderr]).toEqual([1, `store/${cut("the lease", 6)}. ${onPurpose(id)}\n`]);
  expect(readLease(store)).toEqual(lease);
  expect(await environment.wrong()).toEqual([`${store}/${cut("the lease", 6)}`, `${store}/${cut("web-1", 5)}`]);
}, 60_000);
