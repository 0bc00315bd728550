import { expect, test } from "vitest";
import { Backend } from "../../engine/backend.ts";
import { Lock, removeLocks } from "../../engine/lock.ts";
import { EngineProject } from "../support/engine-project.ts";

const name = { project: "case", stack: "dev" };

test("a locked stack refuses everyone else, naming the owner, until it is released", () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  const lock = new Lock(backend, name);
  expect(() => new Lock(backend, name)).toThrow(
    /^the stack is currently locked by 1 lock\(s\)\. Either wait for the other process\(es\) to end or delete the lock file with `pulumi cancel`\.\n {2}file:.*: created by .*@.* \(pid \d+\) at /,
  );
  lock.release();
  new Lock(backend, name).release();
  expect(project.files("locks", "organization", "case")).toEqual([]);
});

test("any file in the lock folder counts, and cancel removes it", () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  project.write("backend/.pulumi/locks/organization/case/dev/other.json", "not json");
  expect(() => new Lock(backend, name)).toThrow(/\/other\.json\?no_tmp_dir=true$/);
  removeLocks(backend, name);
  new Lock(backend, name).release();
});
