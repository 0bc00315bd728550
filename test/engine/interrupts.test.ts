import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("an interrupt before anything is under way ends the engine, and leaves no lock", async () => {
  const project = new EngineProject(`step("a");`);
  // Secrets are opened first, with the lock held: that takes a third of a second.
  await project.pulumi("config", "set", "--secret", "key", "value");
  const { child, ended } = project.start("up", "--yes", "--skip-preview");
  const locks = (): string[] => project.files("locks", "organization", "case", "dev");
  await expect.poll(locks, { interval: 5, timeout: 30_000 }).toHaveLength(1);
  child.kill("SIGINT");
  expect((await ended).code).toBe(1);
  expect(locks()).toEqual([]);
  expect(project.trace()).toEqual([]);
});
