/** The note of the rollout that was opened last. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readAttempt, writeAttempt } from "../../../actions/rollout/attempt.ts";
import { inStore } from "../../../release/store.ts";
import { temporaryFolder } from "../../support/context.ts";

test("the last attempt is read as it was written; before the first there is none", () => {
  const store = `${temporaryFolder()}/store`;
  expect(readAttempt(store)).toBeUndefined();
  writeAttempt(store, { id: "1-a", release: "v1" });
  writeAttempt(store, { id: "2-b", release: "v2" });
  expect(readAttempt(store)).toEqual({ id: "2-b", release: "v2" });
});

test("a note that cannot be read is an error, not a first rollout", () => {
  const store = temporaryFolder();
  writeFileSync(inStore.attempt(store), "{");
  expect(() => readAttempt(store)).toThrow(`${inStore.attempt(store)}: is damaged: it is not JSON.`);
});
