/** What the last activation left serving. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Refusal } from "../../../../actions/action.ts";
import { readSettled, servedBefore } from "../../../../actions/platforms/servers/settled.ts";
import { settle } from "../../../../actions/platforms/servers/switch.ts";
import { inStore } from "../../../../release/store.ts";
import { makeContext, temporaryFolder } from "../../../support/context.ts";
import { makeHost, manifestOf, switchOf } from "../../../support/hosts.ts";

test("it is read as it was written; before the first release there is none", async () => {
  const host = await makeHost("web-1");
  const { context, store } = makeContext({ rollout: "2-b" });
  expect(readSettled(store)).toBeUndefined();
  const settled = { ...manifestOf("v1"), folder: host.place("v1"), rollout: "2-b", before: "" };
  expect(settle(switchOf([host]), "v1-f", false, context)).toEqual({ ...settled, verified: false });
  expect(readSettled(store)).toEqual(settled);
});

test("what served before a rollout stays what it was, however often the rollout settles", async () => {
  const host = await makeHost("web-1");
  const first = makeContext({ rollout: "1-a" });
  const { context } = makeContext({ rollout: "2-b", store: first.store });
  for (const release of ["v1", "v2"]) host.place(release);
  expect(servedBefore(first.context)).toBe("");
  settle(switchOf([host]), "v1-f", true, first.context);
  for (const folder of ["v2-f", "v1-f", "v2-f"]) {
    settle(switchOf([host]), folder, true, context);
    expect([servedBefore(first.context), servedBefore(context)]).toEqual([folder, "v1-f"]);
  }
});

test("one that cannot be read is an error, not a first release", () => {
  const store = temporaryFolder();
  writeFileSync(inStore.settled(store), "");
  expect(() => readSettled(store)).toThrow(
    new Refusal(
      `${inStore.settled(store)}: is damaged: it is not JSON. Put it back from a copy of the store: without it no rollout can be taken back by itself`,
    ),
  );
});
