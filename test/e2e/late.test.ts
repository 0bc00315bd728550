/** Proves that a step that slept while another rollout took over changes nothing when it wakes up, and says why. */
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { currentOf } from "../../actions/platforms/servers/host.ts";
import { readSettled } from "../../actions/platforms/servers/settled.ts";
import { type Lease, readLease } from "../../runtime/lease.ts";
import { isStopped, ownerOf } from "../../runtime/owner.ts";
import { readRecord } from "../../runtime/record.ts";
import { inStore } from "../../release/store.ts";
import { makeProject, until } from "../support/context.ts";
import { makeHost, switchOf, type TestHost } from "../support/hosts.ts";
import { endOf, ledgerOf, runStep, startStep } from "../support/step.ts";

const step = "shop-activation";
const needsOf = (release: string) => ({ PREPARED: { folder: `${release}-f`, release, commit: "c" } });
/** The real activation, once the test says so: asleep in front of its switch. */
const sleepy = `async (args, context) => {
  writeFileSync("pid", String(process.pid));
  while (!existsSync("go")) await new Promise((end) => setTimeout(end, 20));
  return context.call({ action: "actions/platforms/servers/activate", args });
}`;

function leaseIn(store: string): Lease {
  const lease = readLease(store);
  if (!lease) throw new Error("there is no lease");
  return lease;
}

/** As after two minutes without a word from the rollout that holds the lease. */
function fallSilent(store: string): void {
  const past = new Date(Date.now() - 600_000);
  const lease = leaseIn(store);
  writeFileSync(inStore.lease(store), JSON.stringify({ ...lease, expires: past.toISOString() }));
  utimesSync(inStore.step(store, step), past, past);
}

async function activateMeanwhile(project: string, host: TestHost): Promise<void> {
  const other = { action: "actions/platforms/servers/activate", args: switchOf([host]), step, survives: true };
  const around = { rollout: "3-bcdefa", needs: needsOf("v3") };
  expect((await runStep(project, { ...other, release: "v3", last: true }, around)).code).toBe(0);
}

/** The process whose number is in a file. A file that is there and still empty names none: 0 would stop everything here. */
async function pidIn(file: string): Promise<number> {
  const pid = (): number => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
  await until(`${file} names a process`, () => pid() > 1);
  return pid();
}

async function stop(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  await until("all are stopped", () => pids.every((pid) => isStopped(ownerOf(pid))));
}

// Whether a process is stopped is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("asleep while another rollout takes over (needs /proc)", () => {
  test("in front of its switch: it does not switch, and says who did", async () => {
    const host = await makeHost("web-1");
    for (const release of ["v2", "v3"]) host.place(release);
    const project = makeProject({ sleepy });
    const store = join(project, "store");
    const spec = { action: "./sleepy", args: switchOf([host]), step, release: "v2", survives: true };
    const child = startStep(project, spec, { needs: needsOf("v2") });
    const ended = endOf(child);
    const pids = [child.pid ?? 0, await pidIn(join(project, "pid"))];
    await stop(...pids);
    fallSilent(store);
    const { fencing } = leaseIn(store);
    await activateMeanwhile(project, host);
    expect(host.loads).toBe(1);

    writeFileSync(join(project, "go"), "");
    for (const pid of pids) process.kill(pid, "SIGCONT");
    const { code, stdout, stderr } = await ended;
    const { fencing: higher } = leaseIn(store);
    const why =
      `web-1: rollout 3-bcdefa (v3) has acted here since, with fencing number ${higher} over ${fencing}. ` +
      "This one has lost its right and changes nothing more. What serves now: switchback status";
    expect([code, stdout, stderr]).toEqual([
      ...[1, ""],
      `web-1: switching to v2\n${why}\n  log: store/evidence/2-abcdef/${step}.log\n`,
    ]);
    expect([currentOf(host), readSettled(store)?.release, host.loads]).toEqual(["v3-f", "v3", 1]);
    expect(readRecord(inStore.step(store, step))).toMatchObject({ rollout: "3-bcdefa", state: "done" });
    expect(ledgerOf(project).map(({ kind, rollout, message }) => [kind, rollout, message])).toEqual([
      ["step", "3-bcdefa", undefined],
      ["failure", "2-abcdef", why],
    ]);
  }, 30_000);

  test("behind its switch: it neither goes back nor says that its release serves", async () => {
    const host = await makeHost("web-1");
    for (const release of ["v2", "v3"]) host.place(release);
    const project = makeProject();
    const store = join(project, "store");
    const args = switchOf([host]);
    const [node = "", ...rest] = args.reload;
    const waits = `const { existsSync, writeFileSync } = require("fs"); writeFileSync("reloading", String(process.ppid));
      const wait = setInterval(() => { if (existsSync("go")) { clearInterval(wait); ${rest.at(-1) ?? ""} } }, 20);`;
    const spec = { ...{ action: "actions/platforms/servers/activate", step, release: "v2", survives: true }, args };
    const child = startStep(
      project,
      { ...spec, args: { ...args, reload: [node, "-e", waits] } },
      { needs: needsOf("v2") },
    );
    const ended = endOf(child);
    await until("it has switched and reloads", () => existsSync(join(host.directory, "reloading")));
    const pids = [child.pid ?? 0, await pidIn(join(host.directory, "reloading"))];
    await stop(...pids);
    fallSilent(store);
    await activateMeanwhile(project, host);

    writeFileSync(join(host.directory, "go"), "");
    for (const pid of pids) process.kill(pid, "SIGCONT");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("web-1: rollout 3-bcdefa (v3) has acted here since");
    expect([currentOf(host), readSettled(store)?.release]).toEqual(["v3-f", "v3"]);
  }, 30_000);
});
