import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { secret } from "../../engine/property-value.ts";
import { passphrase, Secrets } from "../../engine/secrets.ts";
import { salt } from "../support/engine-project.ts";

beforeEach(() => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "test");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test("a sealed secret opens again, and keeps its ciphertext while it is the same at the same place", async () => {
  const secrets = new Secrets(salt);
  await secrets.unlock();
  const sealed = secrets.seal({ a: secret({ deep: [1] }), b: "open" }, "urn");
  expect(JSON.stringify(sealed)).not.toContain("deep");
  const opened = secrets.open(sealed, "urn");
  expect(opened).toEqual({ a: secret({ deep: [1] }), b: "open" });
  expect(secrets.seal(opened, "urn")).toEqual(sealed);
  expect(secrets.seal(opened, "elsewhere")).not.toEqual(sealed);
});

test("what the CLI encrypted is opened", async () => {
  const cli = new Secrets("v1:2eG48Cc9/10=:v1:sSxnAvGmIfUdIRv3:OyI4SLJR5bZJxa36KuMxRFIMcI0IIA==");
  await cli.unlock();
  expect(cli.decrypt("v1:LaOOpWSVPM/aMxMi:8jddw1VXf2QOIB+H9/SLp+5DqGNe8Uy1bgl6Sw==")).toBe("s3cret-token");
});

test("a wrong passphrase is found out, a missing one says where it is looked for", async () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "wrong");
  await expect(new Secrets(salt).unlock()).rejects.toThrow(/^incorrect passphrase$/);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
  expect(passphrase).toThrow(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", "/not/there");
  expect(passphrase).toThrow("PULUMI_CONFIG_PASSPHRASE_FILE: there is no file /not/there");
});

test("a new salt carries the check of its passphrase", async () => {
  const created = await Secrets.create();
  expect(created.salt).toMatch(/^v1:[^:]+:v1:[^:]+:[^:]+$/);
  await new Secrets(created.salt).unlock();
});
