import { expect, test } from "vitest";
import { Backend } from "../../engine/backend.ts";
import { addToHistory, readHistory } from "../../engine/history.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { UpdateInfo } from "../../engine/history.ts";

test("updates are read newest first", async () => {
  const project = new EngineProject();
  const backend = new Backend(`file://${project.backend}`);
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
  const name = { project: "case", stack: "dev" };
  expect(readHistory(backend, name)).toEqual([]);
  await addToHistory(backend, name, update("first"), "{}");
  await addToHistory(backend, name, update("second"), "{}");
  expect(readHistory(backend, name)).toEqual([update("second"), update("first")]);
  expect(project.files("backups", "case", "dev")).toHaveLength(2);
});
