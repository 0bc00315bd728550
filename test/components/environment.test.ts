/** An environment and its secrets. */
import { expect, test } from "vitest";
import { Environment } from "../../components/environment.ts";
import { keep, register } from "../support/mocks.ts";
import { config } from "../support/pipeline.ts";

test("secrets are made up once and kept, or come from the configuration; a reviewer sees hosts and address", async () => {
  const values: Record<string, unknown> = {};
  const seen = await register({}, () => {
    const environment = new Environment("environment", { config, generate: ["SESSION_SECRET"] });
    for (const [name, secret] of Object.entries(environment.secrets)) keep(values, name, secret);
  });
  expect(seen).toEqual([
    {
      ...{ type: "switchback:index:Environment", name: "environment" },
      inputs: { address: "http://127.0.0.1:4180", hosts: ["web-1", "web-2"], store: "store", contacts: [] },
    },
    ...["maintenance-bypass", "session-secret"].map((role) => ({
      ...{ type: "random:index/randomPassword:RandomPassword", name: `environment-${role}` },
      inputs: { length: 32, special: false },
    })),
  ]);
  expect(values).toEqual({
    MAINTENANCE_BYPASS: "made-up-environment-maintenance-bypass",
    SESSION_SECRET: "made-up-environment-session-secret",
    SMTP: "smtp secret",
  });
});

test("only the secrets that are named are handed on; one that is not there is refused with those that are", async () => {
  await register({}, () => {
    const environment = new Environment("environment", { config });
    expect(Object.keys(environment.secretsNamed(["SMTP"]))).toEqual(["SMTP"]);
    expect(() => environment.secretsNamed(["SMPT"])).toThrow(
      "there is no secret SMPT. Add it to generate, or to application.secrets. Known: MAINTENANCE_BYPASS, SMTP",
    );
  });
});
