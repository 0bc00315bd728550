/** The maintenance page comes down on all hosts. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beginMaintenance } from "../../../../actions/platforms/servers/begin-maintenance.ts";
import { endMaintenance } from "../../../../actions/platforms/servers/end-maintenance.ts";
import { act } from "../../../support/context.ts";
import { hostFolder } from "../../../support/hosts.ts";

test("what was put up is taken down on every host, and again without harm", async () => {
  const hosts = ["web-1", "web-2"].map((name) => ({
    name,
    directory: hostFolder(),
    address: "http://127.0.0.1:1",
  }));
  const page = { hosts, minutes: 5, message: "Back soon", bypass: "BYPASS" };
  await act(beginMaintenance, page, { secrets: { BYPASS: "let me in" } });
  const isUp = (): boolean[] => hosts.map(({ directory }) => existsSync(join(directory, "maintenance.json")));
  expect(isUp()).toEqual([true, true]);
  expect((await act(endMaintenance, { hosts })).result).toEqual({});
  expect(isUp()).toEqual([false, false]);
  await act(endMaintenance, { hosts });
});
