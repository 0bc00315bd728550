/** What the last activation left serving. */
import { rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Refusal } from "../../../../actions/action.ts";
import { Fenced } from "../../../../actions/fence.ts";
import { fenceOf } from "../../../../actions/platforms/servers/host.ts";
import { readSettled, servedBefore } from "../../../../actions/platforms/servers/settled.ts";
import { settle } from "../../../../actions/platforms/servers/switch.ts";
import { inStore } from "../../../../release/store.ts";
import { makeContext, temporaryFolder } from "../../../support/context.ts";
import { makeHost, manifestOf, switchOf } from "../../../support/hosts.ts";

test("it is read as it was written; before the first release there is none", async () => {
  const host = await makeHost("web-1");
  const { context, store } = makeContext({ rollout: "2-b" });
  expect(readSettled(store)).toBeUndefined();
  const settled = { ...manifestOf("v1"), folder: host.place("v1"), rollout: "2-b", before: "", fencing: 1 };
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

test("a rollout with a higher number has settled: one that comes later says nothing of what serves", async () => {
  const host = await makeHost("web-1");
  const later = makeContext({ rollout: "3-c", release: "v3", fencing: 5 });
  const late = makeContext({ rollout: "2-b", release: "v2", fencing: 4, store: later.store });
  for (const release of ["v2", "v3"]) host.place(release);
  const settled = settle(switchOf([host]), "v3-f", true, later.context);
  // A host that was made anew remembers nobody.
  rmSync(fenceOf(host), { recursive: true });
  expect(() => settle(switchOf([host]), "v2-f", true, late.context)).toThrow(
    new Fenced(
      "the store: rollout 3-c (v3) has acted here since, with fencing number 5 over 4. " +
        "This one has lost its right and changes nothing more. What serves now: switchback status",
    ),
  );
  expect({ ...readSettled(later.store), verified: true }).toEqual(settled);
});

test("what an earlier version has written, without a number, is replaced by anybody", async () => {
  const host = await makeHost("web-1");
  const { context, store } = makeContext({ rollout: "2-b" });
  writeFileSync(
    inStore.settled(store),
    JSON.stringify({ ...manifestOf("v1"), folder: "v1-f", rollout: "1-a", before: "" }),
  );
  settle(switchOf([host]), host.place("v2"), true, context);
  expect(readSettled(store)).toMatchObject({ release: "v2", before: "v1-f", fencing: 1 });
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
