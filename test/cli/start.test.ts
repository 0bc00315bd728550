// What `npm start` does: everything, the first time; later, what is left to do.
import { createServer } from "node:http";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded, repository } from "../support/engines.ts";
import { Project } from "../support/project.ts";
import { type Said, switchback } from "./switchback.ts";

let project: Project;

/** Of a machine without a Pulumi CLI. */
function surroundings(): NodeJS.ProcessEnv {
  const folders = (project.environment.PATH ?? "").split(delimiter).filter((one) => !existsSync(join(one, "pulumi")));
  return { ...project.environment, PATH: folders.join(delimiter), HOME: project.folder };
}

/** As npm runs it. */
async function start(): Promise<Said> {
  const env = { ...surroundings(), npm_lifecycle_event: "start", PULUMI_CONFIG_PASSPHRASE: undefined };
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(repository, "examples/parcel/start.ts")], {
    cwd: project.folder,
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  project = await Project.make(embedded);
  rmSync(join(project.folder, ".switchback"), { recursive: true });
  const file = join(project.folder, "Pulumi.staging.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^encryptionsalt: .*\n/m, "encryptionsalt: v1:of:another\n"));
});

afterAll(() => project.remove());

test("a port that is taken stops it before anything is made", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(project.ports[0], "127.0.0.1", resolve));
  const said = await start();
  await new Promise((resolve) => other.close(resolve));
  expect(said).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringContaining(
      `switchback: port ${project.ports[0]}: another program uses it. End that one, or give this one another port: in Pulumi.staging.yaml, at address and PORT.`,
    ) as string,
  });
});

test("it makes the repository, a passphrase and the stack, releases v1.0.0 and says what to try", async () => {
  const { exitCode, stdout, stderr } = await start();
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: "engine: embedded\nstaging is new here: made the stack",
  });
  expect(stdout).toContain(`✓ v1.0.0 serves at ${project.address}`);
  expect(stdout.split("\n").slice(-4)).toEqual([
    "Try next:",
    "  release the next version          npm run switchback -- up --release v1.1.0",
    "  a broken one goes back by itself  npm run switchback -- up --release v1.3.0-broken",
    "  then go back by hand              npm run switchback -- rollback v1.0.0",
  ]);
  expect(await project.version()).toMatchObject({ release: "v1.0.0" });
});

test("again, it says that it serves", async () => {
  const { exitCode, stdout } = await start();
  expect(exitCode).toBe(0);
  expect(stdout.split("\n")[0]).toBe(`✓ v1.0.0 serves already at ${project.address}`);
});

test("stopped, it is brought up again", async () => {
  expect((await switchback({ folder: project.folder, environment: surroundings() }, "stop")).exitCode).toBe(0);
  const { exitCode, stdout, stderr } = await start();
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: "engine: embedded\nv1.0.0 does not serve any more: bringing it up again",
  });
  expect(stdout).toContain(`✓ v1.0.0 serves at ${project.address} (rollout 2-`);
});
