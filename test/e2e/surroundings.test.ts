/** Proves that a release that its surroundings fail says so in one line, leaves what serves, and goes on when they are back. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLedger, verify } from "../../runtime/ledger.ts";
import { inStore } from "../../release/store.ts";
import { embedded } from "../support/engines.ts";
import { Project } from "../support/project.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";

/** Another configuration is another rollout of the same release. */
const ask = (project: Project, greeting: string): Promise<void> =>
  project.config("set", "--path", "switchback:application.variables.GREETING", greeting);

const reasons = (text: string): string[] => [...new Set(text.match(/^.*(ENOSPC|is not there).*$/gm) ?? [])];

/** What serves still serves, the ledger is whole, and nothing is left that is half done. */
async function expectUnharmed(project: Project): Promise<void> {
  expect((await project.version()).release).toBe("v1.0.0");
  expect(verify(inStore.ledger(project.store))).toEqual([]);
  const releases = readdirSync(join(project.folder, ".switchback/host-0/releases"));
  expect(releases.filter((name) => name.startsWith("."))).toEqual([]);
}

describe.skipIf(!canMount)("on a full disk (needs root, to mount a small one)", () => {
  let project: Project;
  const disks: Record<string, SmallDisk> = {};

  beforeAll(async () => {
    project = await Project.make(embedded);
    for (const place of ["store", "host-0", "backend"])
      disks[place] = new SmallDisk(join(project.folder, ".switchback", place), 4096);
    expect((await project.up("v1.0.0")).exitCode).toBe(0);
  });
  afterAll(async () => {
    await project.remove().catch(() => undefined);
    for (const disk of Object.values(disks)) disk.remove();
    await project.remove();
  });

  test.for([
    ["store", 0],
    ["host-0", 8],
    ["backend", 0],
  ] as const)("%s with %d KB left: what serves stays, and with room the next run goes on", async ([place, left]) => {
    await ask(project, place);
    const { rollout } = await project.outputs();
    disks[place]?.fill(left);
    const failed = await project.up();
    disks[place]?.empty();
    expect(failed.exitCode).not.toBe(0);
    expect(reasons(failed.text).join()).toMatch(`${project.folder}/.switchback/${place}/`);
    expect(failed.text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    await expectUnharmed(project);

    expect((await project.up()).exitCode).toBe(0);
    await expectUnharmed(project);
    expect((await project.outputs()).rollout).not.toBe(rollout);
    expect((await project.up()).ran).toEqual([]);
  });
});

test("a database that is gone: nothing is made in its place, and with it the next run goes on", async () => {
  const project = await Project.make(embedded);
  try {
    expect((await project.up("v1.0.0")).exitCode).toBe(0);
    await ask(project, "hello");
    const database = join(project.folder, ".switchback/parcel.sqlite");
    const files = ["", "-wal", "-shm"].filter((end) => existsSync(database + end));
    mkdirSync(`${database}.away`);
    for (const end of files) renameSync(database + end, `${database}.away/file${end}`);
    const failed = await project.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.text).toContain(
      ".switchback/parcel.sqlite: the database is not there, though v1.0.0 serves. Is its disk mounted? Nothing was changed. When it is back: switchback up",
    );
    expect(existsSync(database)).toBe(false);
    await expectUnharmed(project);

    for (const end of files) renameSync(`${database}.away/file${end}`, database + end);
    expect((await project.up()).exitCode).toBe(0);
    await expectUnharmed(project);
  } finally {
    await project.remove();
  }
});

test("two operators at once, each with a checkout and a backend of their own: one releases, the other waits its turn", async () => {
  const [kim, lee] = [await Project.make(embedded), await Project.make(embedded)];
  try {
    lee.edit(() =>
      readFileSync(join(kim.folder, "Pulumi.staging.yaml"), "utf8").replaceAll(
        ": .switchback/",
        `: ${kim.folder}/.switchback/`,
      ),
    );
    const both = await Promise.all([kim.up("v1.0.0"), lee.up("v1.0.0")]);
    expect(both.map(({ exitCode }) => exitCode === 0).sort()).toEqual([false, true]);
    const [refused] = both.filter(({ exitCode }) => exitCode !== 0);
    expect(refused?.text).toMatch(
      /the environment is being changed: rollout 1-\w{6} \(v1\.0\.0\) by \S+ \(pid \d+\) holds its lease, at \S+, heard of at \S+\. Wait for it to end, then try again\./,
    );
    expect(refused?.ran).toEqual(["rollout-open"]);
    await expectUnharmed(kim);
    const served = readLedger(inStore.ledger(kim.store)).filter(
      ({ step, kind }) => kind === "step" && step === "parcel-activation",
    );
    expect(served).toHaveLength(1);

    const winner = both[0].exitCode === 0 ? kim : lee;
    expect((await winner.up()).ran).toEqual([]);
    expect((await (winner === kim ? lee : kim).up()).exitCode).toBe(0);
    await expectUnharmed(kim);
  } finally {
    await kim.remove();
    await lee.remove();
  }
});
