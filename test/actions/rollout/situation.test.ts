/** What a plan must know: what is left of a rollout that was cut off. The rest is proven in test/components/planning.test.ts. */
import { expect, test } from "vitest";
import { writeAttempt } from "../../../actions/rollout/attempt.ts";
import { unfinishedAttempt } from "../../../actions/rollout/situation.ts";
import { temporaryFolder } from "../../support/context.ts";
import type { RolloutRecord } from "../../../release/record.ts";
import { plan } from "../../support/pipeline.ts";

const record: RolloutRecord = {
  ...{ rollout: "2-b", after: "none", asked: "v2", configuration: "c", serving: "v2", ended: "good", left: {}, plan },
};

test("a rollout that was cut off is one that is not on record", () => {
  const store = temporaryFolder();
  expect(unfinishedAttempt(store, record)).toBeUndefined();
  writeAttempt(store, { id: "4-d", release: "v1.3.0" });
  expect(unfinishedAttempt(store, record)).toEqual({ id: "4-d", release: "v1.3.0" });
  expect(unfinishedAttempt(store, undefined)).toEqual({ id: "4-d", release: "v1.3.0" });
  expect(unfinishedAttempt(store, { ...record, rollout: "4-d" })).toBeUndefined();
});
