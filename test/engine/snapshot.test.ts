import { expect, test, vi } from "vitest";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Backend } from "../../engine/backend.ts";
import type { Deployment, ResourceState } from "../../engine/checkpoint.ts";
import type { Secrets } from "../../engine/secrets.ts";

const resource = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: name,
  custom: true,
  type: "t",
  ...more,
});

function openSnapshot(base: ResourceState[], write: (text: string) => Promise<void> = () => Promise.resolve()) {
  const written: Deployment[] = [];
  const backend = {
    write: async (_: unknown, text: string) => {
      await write(text);
      written.push((JSON.parse(text) as { checkpoint: { latest: Deployment } }).checkpoint.latest);
    },
  } as unknown as Backend;
  const secrets = { salt: "salt", seal: (map: object) => map } as unknown as Secrets;
  const snapshot = new Snapshot({ backend, name: { project: "p", stack: "s" }, secrets });
  snapshot.open(base, []);
  snapshot.writes = true;
  return { snapshot, written };
}

test("what is about to happen is on the disk before it happens", async () => {
  const { snapshot, written } = openSnapshot([]);
  const a = resource("a");
  await snapshot.begin("creating", a);
  expect(written.at(-1)?.pending_operations).toEqual([{ type: "creating", resource: a }]);
  snapshot.exchange(undefined, a);
  snapshot.end(a);
  await snapshot.flush();
  expect(written.at(-1)?.resources).toEqual([a]);
  expect(written.at(-1)).not.toHaveProperty("pending_operations");
});

test("new resources come in order of completion, then what is left of the old ones", () => {
  const [a, b, c] = [resource("a"), resource("b"), resource("c")] as const;
  const { snapshot } = openSnapshot([a, b, c]);
  const next = resource("b", { id: "1" });
  snapshot.exchange(b, next);
  snapshot.replace(c, { ...c, delete: true });
  expect(snapshot.resources()).toEqual([next, a, { ...c, delete: true }]);
});

test("a renamed resource is renamed where others still name it", () => {
  const old = resource("old");
  const child = resource("child", { parent: "old", provider: "old::id" });
  const { snapshot } = openSnapshot([old, child]);
  snapshot.exchange(old, resource("new"));
  expect(snapshot.content()).toContain('"urn":"child","custom":true,"type":"t","parent":"new","provider":"new::id"');
});

test("changes that meet a running write share the next one", async () => {
  const release = Promise.withResolvers<undefined>();
  const slow = vi.fn(() => release.promise as Promise<unknown> as Promise<void>);
  const { snapshot } = openSnapshot([], slow);
  const first = snapshot.begin("creating", resource("a"));
  await vi.waitFor(() => {
    expect(slow).toHaveBeenCalledTimes(1);
  });
  const others = ["b", "c", "d"].map((name) => snapshot.begin("creating", resource(name)));
  release.resolve(undefined);
  await Promise.all([first, ...others]);
  expect(slow).toHaveBeenCalledTimes(2);
});

test("a failed write is told to everyone who waits for the disk", async () => {
  const { snapshot } = openSnapshot([], () => Promise.reject(new Error("ENOSPC")));
  await expect(snapshot.begin("creating", resource("a"))).rejects.toThrow("saving the state failed: ENOSPC");
  await expect(snapshot.flush()).rejects.toThrow("saving the state failed: ENOSPC");
});
