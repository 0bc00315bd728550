/** Proves that a release is watched after its update has ended: against what was logged before it, without the stack. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { switchback } from "../cli/switchback.ts";
import { embedded } from "../support/engines.ts";
import { leanProgram, replaceOnce } from "../support/lean-program.ts";
import { Project } from "../support/project.ts";

const log = ".switchback/access.log";
const program = replaceOnce(
  replaceOnce(
    leanProgram(),
    /^const config =/m,
    'import { loggedRequests } from "switchback/actions/watch/logs.ts";\n\nconst config =',
  ),
  /^ {2}smokeSecrets: .*\n/m,
  `  smokeSecrets: checkSecrets,
  watch: {
    source: call(loggedRequests, { files: ["${log}"], lines: { field: "status", errorFrom: 500 } }),
    minutes: 0.05,
    everySeconds: 0.2,
  },
`,
);

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { program });
});
afterAll(async () => {
  await project.remove();
});

const answered = (status: number, times: number): void => {
  appendFileSync(join(project.folder, log), `{"status":${status}}\n`.repeat(times));
};
const watch = (...argv: string[]) => switchback(project, "watch", "--engine", "embedded", ...argv);

test("a release is compared with the time before its switch", async () => {
  answered(200, 4990);
  answered(500, 10);
  const first = await project.up("v1.0.0");
  expect([first.exitCode, first.ran.indexOf("watch-plan") < first.ran.indexOf("activation")]).toEqual([0, true]);
  expect(first.ran).toContain("watch-plan");
  const quiet = await watch();
  expect([quiet.exitCode, quiet.stdout.split("\n")[1]]).toEqual([
    ...[3, "  rate of errors before: 0.2 % of 5,000 requests, counted before the switch"],
  ]);
  const busy = watch("--minutes", "5");
  const traffic = setInterval(() => {
    answered(500, 20);
  }, 100);
  const { exitCode, stdout } = await busy;
  clearInterval(traffic);
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringMatching(/✗ v1\.0\.0: clearly worse: 100 % of \d+ requests failed, 0\.2 % of 5,000 before/) as string,
  ]);
  const { exitCode: again } = await project.up();
  expect([again, (await project.outputs()).serving]).toEqual([0, "v1.0.0"]);
});
