/** The note that a release is being taken back: read as it was written, and never taken for another decision. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../../actions/action.ts";
import { noteGoingBack, readGoingBack } from "../../../actions/rollout/going-back.ts";
import { inStore } from "../../../release/store.ts";
import { temporaryFolder } from "../../support/context.ts";

const place = (store: string) => ({ store, rollout: "2-b", release: "v2" });

test("it belongs to its rollout", () => {
  const store = temporaryFolder();
  expect(readGoingBack(place(store))).toBeUndefined();
  noteGoingBack(place(store), { decision: "no", table: "  ✗ health" });
  expect(readGoingBack(place(store))).toEqual({ decision: "no", table: "  ✗ health" });
  expect(readGoingBack({ ...place(store), rollout: "3-c" })).toBeUndefined();
});

test.each([
  ["{}", "decision is none of the words it can be"],
  ['{"decision":"go","table":""}', "decision is none of the words it can be"],
  ['{"decision":"no"}', "table is no string"],
  ["null", "it is no object"],
  ['{"decision":"no","ta', "it is not JSON"],
])("%s is damaged", (text, wrong) => {
  const store = temporaryFolder();
  const folder = inStore.evidence(store, "2-b");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "going-back.json"), text);
  expect(() => readGoingBack(place(store))).toThrow(
    new Refusal(
      `${join(folder, "going-back.json")}: is damaged: ${wrong}. v2 was being taken back, and how far cannot be told: see what serves (switchback status) and decide`,
    ),
  );
});
