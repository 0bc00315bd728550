import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

test("an update asks for --yes, previews first, and stops where the preview fails", async () => {
  const project = new EngineProject(
    `if (pulumi.runtime.isDryRun() && stage === "2") throw new pulumi.RunError("no"); step("a");`,
  );
  const unasked = await project.pulumi("up");
  expect(unasked).toMatchObject({
    code: 2,
    stderr:
      "error: --yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode\n",
  });
  const done = await project.pulumi("up", "--yes");
  expect(done.stdout).toMatch(
    /^Previewing update \(dev\) \(embedded engine\):[^]*\nUpdating \(dev\) \(embedded engine\):/,
  );
  project.config({ stage: "2" });
  expect((await project.pulumi("up", "--yes")).stdout).not.toContain("Updating");
  expect(project.trace()).toEqual(["create a"]);
});

test("a cancel is nothing that must be agreed to", async () => {
  const project = new EngineProject();
  project.write("backend/.pulumi/locks/organization/case/dev/x.json", "{}");
  expect(await project.pulumi("cancel")).toMatchObject({ code: 0, stderr: "" });
  expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
});

test("changes nobody expected are an exit code of their own", async () => {
  const project = new EngineProject(`step("a");`);
  expect(await project.pulumi("preview", "--expect-no-changes")).toMatchObject({
    code: 7,
    stderr: "error: no changes were expected for preview but changes were proposed\n",
  });
  expect(await project.pulumi("destroy", "--yes", "--expect-no-changes")).toMatchObject({
    code: 1,
    stderr: "error: unknown flag: --expect-no-changes\n",
  });
});

test("what is left to the CLI is refused before anything changes", async () => {
  const project = new EngineProject(`step("a");`);
  expect((await project.pulumi("up", "--yes", "--target", "x")).stderr).toBe("error: --target needs the Pulumi CLI\n");
  expect((await project.pulumi("up", "--yes", "--client", "x")).stderr).toBe(
    "error: an inline program of the Automation API needs the Pulumi CLI\n",
  );
  expect(await project.pulumi("up", "--yes", "--stack", "gone")).toMatchObject({
    code: 6,
    stderr: "error: no stack named 'gone' found\n",
  });
  expect(project.trace()).toEqual([]);
});
