/** What programs of ours may see of the environment. */
import { afterEach, expect, test, vi } from "vitest";
import { inherited, inheritedAnd } from "../../actions/inherited.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("what it takes to find other programs, and nothing of ours", () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "a");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
  vi.stubEnv("NODE_OPTIONS", "--inspect");
  vi.stubEnv("TZ", undefined);
  vi.stubEnv("LANG", "C");
  vi.stubEnv("SSH_AUTH_SOCK", "/run/agent");
  const seen = inherited();
  expect(seen).toMatchObject({ PATH: process.env.PATH, LANG: "C", SSH_AUTH_SOCK: "/run/agent" });
  const allowed = ["HOME", "LANG", "LC_ALL", "PATH", "SSH_AUTH_SOCK", "SystemRoot", "TMPDIR", "USER"];
  expect(Object.keys(seen).filter((name) => !allowed.includes(name))).toEqual([]);
});

test("more or less of it, by name, where it is set", () => {
  vi.stubEnv("MINE", "1");
  vi.stubEnv("OTHER", undefined);
  expect(inherited(["MINE", "OTHER"])).toEqual({ MINE: "1" });
  expect(inheritedAnd("MINE", "OTHER")).toEqual({ ...inherited(), MINE: "1" });
});
