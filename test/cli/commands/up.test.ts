// What the options of `up` ask for, as changes of the stack's file.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wishOf } from "../../../cli/commands/up.ts";
import type { Stack } from "../../../cli/stack.ts";
import { StackFile } from "../../../cli/stack-file.ts";

let folder: string;
const forward = { rollbackFrom: undefined, restore: undefined, again: undefined };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "switchback-up-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function stackWith(config: string, rollout?: string): Stack {
  writeFileSync(join(folder, "Pulumi.staging.yaml"), config);
  const state = () => Promise.resolve(rollout === undefined ? undefined : { record: { rollout } });
  return { name: "staging", file: new StackFile(folder, "staging"), state } as unknown as Stack;
}

const configured = "config: { switchback:release: v1, switchback:rollbackFrom: v2 }\n";

test.each([
  { about: "what is configured, as it was asked for", options: {}, asked: "v1", changes: {} },
  { about: "the same by name", options: { release: "v1" }, asked: "v1", changes: {} },
  {
    about: "another one is a new wish",
    options: { release: "v3" },
    asked: "v3",
    changes: { release: "v3", ...forward },
  },
  { about: "once more", options: { again: true }, asked: "v1", changes: { again: "7-x" } },
  {
    about: "another, in spite of having been left",
    options: { release: "v3", again: true },
    asked: "v3",
    changes: { release: "v3", ...forward, again: "7-x" },
  },
])("$about", async ({ options, asked, changes }) => {
  expect(await wishOf(stackWith(configured, "7-x"), options)).toEqual({ asked, changes });
});

test("refuses to guess a release", async () => {
  await expect(wishOf(stackWith("config: {}\n"), {})).rejects.toThrow(
    "Pulumi.staging.yaml: has no release. Name one: --release TAG",
  );
});

test("refuses once more of nothing", async () => {
  await expect(wishOf(stackWith(configured), { again: true })).rejects.toThrow(
    "--again: nothing was released to staging yet",
  );
});
