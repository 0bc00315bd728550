/** All hosts back to what served before, as part of taking a release back. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goBackOnServers } from "../../../../actions/platforms/servers/go-back.ts";
import { call } from "../../../../components/call.ts";
import { act } from "../../../support/context.ts";
import { makeHost, stateOf, switchOf } from "../../../support/hosts.ts";

test("what served before serves again on all hosts, and a maintenance page comes down", async () => {
  const hosts = await Promise.all(["web-1", "web-2"].map(makeHost));
  for (const host of hosts) {
    host.place("v1");
    writeFileSync(join(host.directory, "maintenance.json"), "{}");
  }
  const { result } = await act(goBackOnServers, switchOf(hosts), { needs: { BEFORE: "v1-f" } });
  expect(result).toEqual({ release: "v1", verified: true });
  expect(await Promise.all(hosts.map(stateOf))).toEqual(hosts.map(() => ["v1", false]));
});

test("when that does not serve either, it is said, and a maintenance page stays up", async () => {
  const host = await makeHost("web-1");
  host.place("v1", { health: 500 });
  writeFileSync(join(host.directory, "maintenance.json"), "{}");
  const { result } = await act(goBackOnServers, switchOf([host]), { needs: { BEFORE: "v1-f" } });
  expect([result, await stateOf(host)]).toEqual([{ release: "v1", verified: false }, ["v1", true]]);
});

test("without an earlier release it is refused", async () => {
  const args = switchOf([await makeHost("web-1")]);
  await expect(act(goBackOnServers, args, { needs: { BEFORE: "" } })).rejects.toThrow(
    "there is no earlier release to go back to",
  );
  expect(call(goBackOnServers, args).survives).toBe(true);
});
