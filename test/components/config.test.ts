/** The configuration of a stack: what is filled in, and every mistake word for word, its value never repeated. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { type Config, configurationDigest, loadConfig } from "../../components/config.ts";

const web1 = { name: "web-1", directory: "hosts/web-1" };
const environment = { address: "http://127.0.0.1:4180", hosts: [web1], store: "store" };
const good = { release: "v1", environment, source: { repository: "r" }, database: { path: "d" } };

/** Reads a stack's configuration as Pulumi hands it on: objects as JSON, texts as they are. */
async function load(differing: Readonly<Record<string, unknown>> = {}): Promise<Config> {
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "", state: {} }) }, "project", "staging");
  const given = Object.entries<unknown>({ ...good, ...differing }).filter(([, value]) => value !== undefined);
  const all = given.map(([key, value]) => [
    `switchback:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig({ ...(Object.fromEntries(all) as Record<string, string>), "other:key": "x" });
  return loadConfig();
}
const mistakes = (differing: Readonly<Record<string, unknown>>): Promise<string> =>
  load(differing).then(
    () => "none",
    (error: unknown) => (pulumi.RunError.isInstance(error) ? error.message : `not for people: ${String(error)}`),
  );

test("what is left out gets its default", async () => {
  expect(await load()).toEqual({
    release: "v1",
    environment: {
      ...{ address: "http://127.0.0.1:4180", store: "store", contacts: [] },
      hosts: [{ ...web1, variables: {} }],
      maintenance: { minutes: 30, message: "We are back in a few minutes." },
    },
    source: { repository: "r", migrations: "migrations" },
    database: { path: "d" },
    application: { variables: {}, secrets: {} },
    checks: { attempts: 20, intervalSeconds: 0.25, steady: 4, timeoutSeconds: 10, freeMegabytes: 200 },
    policies: {
      ...{ revert: true, unknown: "block", warn: "allow", checks: {}, signOff: "policy" },
      ...{ attempts: 3, pauseSeconds: 1, unknownSeconds: 15, freshSeconds: 600 },
    },
    waivers: [],
  });
});

test.each<[string, object, string]>([
  ["a misspelt key", { relase: "v1" }, "relase: is not known. Did you mean release?"],
  [
    "a key like no other",
    { zzzzzzzzzzzz: 1 },
    "zzzzzzzzzzzz: is not known. Known are: release, rollbackFrom, again, restore, leaveStore, environment, source, database, application, checks, policies, waivers",
  ],
  [
    "a misspelt key deep inside",
    { environment: { ...environment, hosts: [{ ...web1, adress: "canary" }] } },
    "environment.hosts[0].adress: is not known. Did you mean address?",
  ],
  [
    "no release",
    { release: undefined },
    "release: is missing. It is the tag to release, such as v1.2.0. Set it: pulumi config set switchback:release VALUE",
  ],
  [
    "an empty release",
    { release: "" },
    "release: must be a tag of letters, digits and . _ + @ = - only: folders and commands are named after it. It is the tag to release, such as v1.2.0.",
  ],
  [
    "no environment",
    { environment: undefined },
    "environment: is missing. It is where releases run. Add it to Pulumi.staging.yaml",
  ],
  [
    "no path of the database",
    { database: {} },
    "database.path: is missing. It is the SQLite file. Set it: pulumi config set --path 'switchback:database.path' VALUE",
  ],
  [
    "a text in the place of an object",
    { environment: "canary" },
    "environment: expected object, received string. It is where releases run.",
  ],
  [
    "half of an object",
    { source: "{canary" },
    "source: expected object, received string. It is where releases come from.",
  ],
  [
    "no host",
    { environment: { ...environment, hosts: [] } },
    "environment.hosts: Too small: expected array to have >=1 items. It is the machines that serve.",
  ],
  [
    "a name that is none",
    { environment: { ...environment, hosts: [{ ...web1, name: "Canary 1" }] } },
    "environment.hosts[0].name: Invalid string: must match pattern /^[a-z0-9][a-z0-9-]*$/. It is a short name, such as web-1.",
  ],
  [
    "an address that is none",
    { environment: { ...environment, address: "canary" } },
    "environment.address: Invalid URL. It is where customers reach the application, such as http://127.0.0.1:4180.",
  ],
  [
    "a secret under a name that no variable has",
    { application: { secrets: { "smtp-password": "canary" } } },
    "application.secrets.smtp-password: its name is not allowed here: must match pattern /^[A-Z][A-Z0-9_]*$/",
  ],
  [
    "a secret that is no text",
    { application: { secrets: { PIN: ["canary"] } } },
    "application.secrets.PIN: expected string, received array.",
  ],
  [
    "more good answers than questions",
    { checks: { attempts: 3, steady: 9 } },
    "checks.steady: steady is more than attempts: no release could pass. It is good answers in a row that are wanted.",
  ],
  [
    "a number that is a text",
    { checks: { attempts: "canary" } },
    "checks.attempts: expected number, received string. It is times to ask a host whether it is well.",
  ],
  [
    "a policy that is none",
    { policies: { unknown: "canary" } },
    'policies.unknown: Invalid option: expected one of "block"|"allow". It is what a check that cannot tell does.',
  ],
  [
    "a word for yes",
    { policies: { revert: "canary" } },
    "policies.revert: expected boolean, received string. It is take a release back by itself when its checks fail.",
  ],
])("%s is one mistake", async (_, differing, mistake) => {
  const text = await mistakes(differing as Record<string, unknown>);
  expect(text).toBe(`Pulumi.staging.yaml: one mistake in the configuration\n  switchback:${mistake}`);
  expect(text.toLowerCase().includes("canary")).toBe(false);
});

test("several mistakes come in one message", async () => {
  const differing = {
    source: { repository: 5, branch: "canary" },
    database: undefined,
    checks: { timeoutSeconds: 301 },
  };
  expect(await mistakes(differing)).toBe(
    [
      "Pulumi.staging.yaml: 4 mistakes in the configuration",
      "  switchback:source.repository: expected string, received number. It is the application's git repository.",
      "  switchback:source.branch: is not known. Known are: repository, migrations",
      "  switchback:database: is missing. It is the application's database. Add it to Pulumi.staging.yaml",
      "  switchback:checks.timeoutSeconds: Too big: expected number to be <=300. It is seconds a request may take.",
    ].join("\n"),
  );
});

test("what the application is told is in the digest; what is about the pipeline, and secrets, are not", async () => {
  const of = async (differing: Readonly<Record<string, unknown>>): Promise<string> =>
    configurationDigest(await load(differing));
  const before = await of({});
  const same = [
    { checks: { attempts: 9 }, policies: { revert: false }, release: "v2" },
    {
      application: { secrets: { KEY: "x" } },
      environment: { ...environment, contacts: ["kim"], maintenance: { minutes: 1 } },
    },
  ];
  const other = [
    { application: { variables: { A: "1" } } },
    { database: { path: "other" } },
    { environment: { ...environment, address: "http://127.0.0.1:1" } },
    { environment: { ...environment, hosts: [{ ...web1, variables: { A: "1" } }] } },
  ];
  expect(new Set(await Promise.all([{}, ...same].map(of)))).toEqual(new Set([before]));
  expect(new Set([before, ...(await Promise.all(other.map(of)))]).size).toBe(5);
});
