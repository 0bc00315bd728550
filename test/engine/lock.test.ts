import { expect, test } from "vitest";
import { Backend } from "../../engine/backend.ts";
import { lock, locked, removeLocks } from "../../engine/lock.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { Session } from "../../engine/workspace.ts";

const name = { project: "case", stack: "dev" };

test("a locked stack refuses everyone else, naming the owner, until it is released", async () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  const release = await lock(backend, name);
  await expect(lock(backend, name)).rejects.toThrow(
    /^the stack is currently locked by 1 lock\(s\)\. Either wait for the other process\(es\) to end or delete the lock file with `pulumi cancel`\.\n {2}file:.*: created by .*@.* \(pid \d+\) at /,
  );
  release();
  (await lock(backend, name))();
  expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
});

test("any file in the lock folder counts, and cancel removes it", async () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  project.write("backend/.pulumi/locks/organization/case/dev/other.json", "not json");
  await expect(lock(backend, name)).rejects.toThrow(/\/other\.json\?no_tmp_dir=true$/);
  removeLocks(backend, name);
  (await lock(backend, name))();
});

test("of those that come at once exactly one gets it", async () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  for (let round = 0; round < 20; round++) {
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => lock(backend, name)));
    const taken = results.filter((result) => result.status === "fulfilled");
    expect(taken).toHaveLength(1);
    for (const { value: release } of taken) release();
  }
});

test("what is done under the lock starts from the state of that moment", async () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
  const before = { version: 3, deployment: { manifest: { time: "", magic: "", version: "" } } };
  const session = { backend, name, state: before } as Session;
  const seen = await locked(session, () => Promise.resolve(session.state));
  expect(seen).toEqual(backend.read(name));
  backend.remove(name);
  await expect(locked(session, () => Promise.resolve())).rejects.toThrow("no stack named 'dev' found");
});
