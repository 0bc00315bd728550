// What becomes of the state when files cannot be written, and when two want to change it at once.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EngineProject } from "../support/engine-project.ts";
import type { Result } from "../support/engine-project.ts";

const up = (project: EngineProject): Promise<Result> => project.pulumi("up", "--yes", "--skip-preview");
const names = (project: EngineProject): string[] => {
  const commands = project.resources().filter(({ type }) => type === "command:local:Command");
  return commands.map(({ urn }) => urn.split("::").at(-1) ?? "").sort();
};

function expectNoStackTrace({ stdout, stderr }: Result): void {
  expect(stdout + stderr).not.toMatch(/\n\s+at /);
}

/** Mounts a small disk where the project has its backend. */
function onSmallDisk(project: EngineProject): string {
  renameSync(project.backend, `${project.backend}.first`);
  mkdirSync(project.backend);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", project.backend]);
  onTestFinished(() => void execFileSync("umount", ["-l", project.backend]));
  cpSync(`${project.backend}.first`, project.backend, { recursive: true });
  return join(project.backend, "fill");
}

function pending(exported: Result): string[] {
  const { deployment } = JSON.parse(exported.stdout) as {
    deployment: { pending_operations?: { type: string; resource: { urn: string } }[] };
  };
  return (deployment.pending_operations ?? []).map(
    ({ type, resource }) => `${type} ${resource.urn.split("::").at(-1) ?? ""}`,
  );
}

const canMount = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;
/** Prints much, so that its result needs more room than the backup before it leaves. */
const fill =
  "until grep -q beside $TRACE; do sleep 0.05; done; head -c 10M /dev/zero > $BACKEND/fill 2>/dev/null; echo filled >> $TRACE; head -c 40000 /dev/zero | tr '\\0' x";

describe.skipIf(!canMount)("on a full disk (needs root, to mount a small one)", () => {
  test("the update fails with one message, the last good state is there, and with room it goes on", async () => {
    const project = new EngineProject(`
      const first = step("first");
      const fill = step("fill", { create: stage === "1" ? ${JSON.stringify(fill)} : "true" }, { dependsOn: first });
      step("beside", { create: "echo beside >> $TRACE; until grep -q filled $TRACE; do sleep 0.05; done; sleep 0.3; echo ended >> $TRACE" }, { dependsOn: first });
      step("after", {}, { dependsOn: fill });
    `);
    project.environment.BACKEND = project.backend;
    const filling = onSmallDisk(project);
    const result = await up(project);
    const file = join(project.backend, ".pulumi", "stacks", "case", "dev.json");
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr.split("\n")[0]).toBe(
      `error: saving the state failed: could not write ${file}: ENOSPC: no space left on device, write`,
    );
    expect(result.stderr).toMatch(/When the file can be written, run this again\.\n$/);
    expect((result.stdout + result.stderr).match(/ENOSPC/g)).toHaveLength(1);
    expectNoStackTrace(result);
    expect(project.trace()).toEqual(["create first", "beside", "filled", "ended"]);
    expect(names(project)).toEqual(["first"]);
    expect(pending(await project.pulumi("stack", "export")).sort()).toEqual(["creating beside", "creating fill"]);
    expect(project.files("stacks", "case")).toEqual(["dev.json", "dev.json.bak"]);

    rmSync(filling);
    project.config({ stage: "2" });
    expect((await up(project)).code).toBe(0);
    expect(names(project)).toEqual(["after", "beside", "fill", "first"]);
  });

  test("what ends when there is room again is saved, but nothing more is begun", async () => {
    const project = new EngineProject(`
      const fill = step("fill", { create: ${JSON.stringify(fill)} });
      step("free", { create: "echo beside >> $TRACE; until grep -q filled $TRACE; do sleep 0.05; done; sleep 0.5; rm $BACKEND/fill; echo freed >> $TRACE" });
      step("after", {}, { dependsOn: fill });
    `);
    project.environment.BACKEND = project.backend;
    onSmallDisk(project);
    const result = await up(project);
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toMatch(/^error: saving the state failed: /);
    expect(project.trace()).toEqual(["beside", "filled", "freed"]);
    expect(names(project)).toEqual(["fill", "free"]);
    expect(pending(await project.pulumi("stack", "export"))).toEqual([]);
    expect((await up(project)).code).toBe(0);
    expect(names(project)).toEqual(["after", "fill", "free"]);
  });

  test("an update that finds the disk full or read-only says so in one line and begins nothing", async () => {
    const project = new EngineProject(`step("a");`);
    const filling = onSmallDisk(project);
    spawnSync("dd", ["if=/dev/zero", `of=${filling}`, "bs=4k"]);
    const lockFile = join(project.backend, ".pulumi", "locks", "organization", "case", "dev");
    const full = await up(project);
    expect(full).toMatchObject({ code: 1, stdout: "" });
    expect(full.stderr).toMatch(
      new RegExp(`^error: could not write ${lockFile}/[^ ]*: ENOSPC: no space left[^\n]*\n$`),
    );
    expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
    rmSync(filling);
    execFileSync("mount", ["-o", "remount,ro", project.backend]);
    expect((await up(project)).stderr).toMatch(new RegExp(`^error: could not write ${lockFile}/[^ ]*: EROFS[^\n]*\n$`));
    expect((await project.pulumi("stack", "export")).code).toBe(0);
    execFileSync("mount", ["-o", "remount,rw", project.backend]);
    expect((await up(project)).code).toBe(0);
    expect(project.trace()).toEqual(["create a"]);
  });
});

test.each(["history", "backups"])(
  "an update whose %s cannot be written is saved, and says what is not",
  async (folder) => {
    const project = new EngineProject(`step("a");`);
    project.write(`backend/.pulumi/${folder}`, "a file where a folder should be");
    const result = await up(project);
    const where = join(project.backend, ".pulumi", folder, "case", "dev");
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain(
      `error: the update is over and its state is saved, but not its history: could not write ${where}`,
    );
    expect(result.stderr.trim()).not.toContain("\n");
    expect(names(project)).toEqual(["a"]);
    expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
    rmSync(join(project.backend, ".pulumi", folder));
    expect((await up(project)).code).toBe(0);
    expect(project.trace()).toEqual(["create a"]);
  },
);

test("of two updates at once exactly one runs", async () => {
  const project = new EngineProject(
    `step("a", { create: "echo " + stage + " >> $TRACE; while ! [ -e $TRACE.go ]; do sleep 0.05; done" });`,
  );
  const go = join(project.directory, "trace.go");
  for (const stage of ["1", "2", "3"]) {
    project.config({ stage });
    const both = [up(project), up(project)];
    const refused = await Promise.race(both);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: the stack is currently locked by 1 lock\(s\)\. Either wait for the other/);
    writeFileSync(go, "");
    expect((await Promise.all(both)).map(({ code }) => code).sort()).toEqual([0, 1]);
    rmSync(go);
  }
  expect(project.trace()).toEqual(["1", "2", "3"]);
  expect(project.files("history", "case", "dev").filter((file) => file.endsWith(".history.json"))).toHaveLength(3);
});

test("of many that take the lock in the same instant exactly one gets it", async () => {
  const project = new EngineProject();
  const engine = join(import.meta.dirname, "..", "..", "engine");
  const script = `
    import { Backend } from ${JSON.stringify(join(engine, "backend.ts"))};
    import { lock } from ${JSON.stringify(join(engine, "lock.ts"))};
    while (Date.now() < Number(process.env.AT));
    const told = await lock(new Backend(process.env.PULUMI_BACKEND_URL), { project: "case", stack: "dev" }).then(
      (release) => { process.stdin.on("end", release).resume(); return "got it"; }, () => "refused");
    console.log(told);
    if (told === "refused") process.exit();`;
  for (let round = 0; round < 3; round++) {
    const env = { ...project.environment, AT: String(Date.now() + 1500) };
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script], { env, stdio: ["pipe", "pipe", "ignore"] }),
    );
    const answers = children.map(async ({ stdout }) => {
      const [first] = (await stdout.take(1).toArray()) as Buffer[];
      return first?.toString().trim();
    });
    expect((await Promise.all(answers)).sort()).toEqual(["got it", ...Array.from({ length: 5 }, () => "refused")]);
    for (const child of children) child.stdin.end();
    await vi.waitFor(() => expect(project.files("locks", "organization", "case", "dev")).toEqual([]), 5000);
  }
});
