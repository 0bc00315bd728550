import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Backend } from "../../engine/backend.ts";
import type { UpdateInfo } from "../../engine/backend.ts";

const name = { project: "sample", stack: "dev" };

function backend(): { backend: Backend; directory: string } {
  const directory = mkdtempSync(join(tmpdir(), "engine-backend-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  return { backend: new Backend(`file://${directory}`), directory };
}

test("a new stack is there with its salt, once", async () => {
  const { backend: store } = backend();
  await store.create(name, "v1:salt");
  expect(store.read(name)?.deployment.secrets_providers).toEqual({ type: "passphrase", state: { salt: "v1:salt" } });
  expect(store.list("sample")).toEqual([name]);
  await expect(store.create(name, "x")).rejects.toThrow("stack 'organization/sample/dev' already exists");
});

test("each write keeps the version before, and removing leaves it", async () => {
  const { backend: store } = backend();
  await store.write(name, "{}");
  await store.write(name, '{"second":1}');
  const file = store.checkpointFile(name);
  expect([readFileSync(file, "utf8"), readFileSync(`${file}.bak`, "utf8")]).toEqual(['{"second":1}', "{}"]);
  store.remove(name);
  expect([existsSync(file), readFileSync(`${file}.bak`, "utf8")]).toEqual([false, '{"second":1}']);
});

test("files that the CLI wrote are read", () => {
  const { backend: store, directory } = backend();
  cpSync(join(import.meta.dirname, "cli-sample"), join(directory, ".pulumi"), { recursive: true });
  expect(store.list("sample")).toEqual([name]);
  expect(store.read(name)?.deployment.resources).toHaveLength(4);
});

test("other places and other layouts are left to the CLI", () => {
  const { backend: store, directory } = backend();
  expect(() => new Backend("s3://bucket")).toThrow("the backend s3://bucket needs the Pulumi CLI");
  cpSync(join(import.meta.dirname, "cli-sample"), join(directory, ".pulumi"), { recursive: true });
  writeFileSync(`${store.checkpointFile(name)}.gz`, "");
  expect(() => store.read(name)).toThrow("a compressed checkpoint needs the Pulumi CLI");
  rmSync(join(directory, ".pulumi", "meta.yaml"));
  expect(() => new Backend(`file://${directory}`)).toThrow(/in the layout before projects, needs the Pulumi CLI$/);
});

test("updates are read newest first", async () => {
  const { backend: store, directory } = backend();
  const update = (message: string): UpdateInfo => ({
    kind: "update",
    startTime: 1,
    message,
    environment: {},
    config: {},
    version: 0,
    result: "succeeded",
    endTime: 2,
    resourceChanges: { same: 1 },
  });
  expect(store.history(name)).toEqual([]);
  await store.addToHistory(name, update("first"), "{}");
  await store.addToHistory(name, update("second"), "{}");
  expect(store.history(name)).toEqual([update("second"), update("first")]);
  expect(readdirSync(join(directory, ".pulumi", "backups", "sample", "dev"))).toHaveLength(2);
});

test("a file that cannot be written is named", async () => {
  const { backend: store, directory } = backend();
  await store.create(name, "v1:salt");
  mkdirSync(`${store.checkpointFile(name)}.tmp`);
  await expect(store.write(name, "{}")).rejects.toThrow(`could not write ${store.checkpointFile(name)}: EISDIR`);
  expect(store.read(name)?.deployment.secrets_providers?.state?.salt).toBe("v1:salt");
  expect(readdirSync(join(directory, ".pulumi", "stacks", "sample"))).toContain("dev.json");
});
