/** Proves that with an old Node on the PATH people get one sentence, no stack trace, and nothing is changed. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { nodeProblem } from "../../runtime/node-version.mjs";
import { engines, repository } from "../support/engines.ts";
import { Project } from "../support/project.ts";

/** A folder of the PATH whose Node is too old; the machine may have none. */
const old = (process.env.PATH ?? "").split(delimiter).find((folder) => {
  const node = join(folder, "node");
  if (folder === "" || folder.startsWith(repository) || !existsSync(node)) return false;
  return nodeProblem(execFileSync(node, ["--version"], { encoding: "utf8" }).slice(1)) !== undefined;
});

describe.skipIf(old === undefined)(
  "with a Node on the PATH that is too old (this machine has none, where skipped)",
  () => {
    test.for([...engines])("on the $name engine", async (engine) => {
      const project = await Project.make(engine);
      onTestFinished(() => project.remove());
      const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "staging"];
      const env = { ...project.environment, PATH: `${old ?? ""}${delimiter}/usr/bin${delimiter}/bin` };
      const { exitCode, all } = await execa(engine.path, args, {
        cwd: project.folder,
        env,
        extendEnv: false,
        reject: false,
        all: true,
      });
      expect(exitCode).toBe(1);
      expect(all).toMatch(
        /Switchback needs Node 22\.18 or newer, this is \d+\.\d+\.\d+: put a newer one first on the PATH/,
      );
      expect(all).not.toMatch(/^\s+at .*:\d+:\d+/m);
      expect(existsSync(join(project.folder, ".switchback/host-0"))).toBe(false);
    });
  },
);
