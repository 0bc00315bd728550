/** Configurations that were typed wrong, or made to do harm: every one is refused in one line, its value never repeated. */
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig } from "../../components/config.ts";

const web1 = { name: "web-1", directory: "hosts/web-1" };
const environment = { address: "http://127.0.0.1:4180", hosts: [web1], store: "store" };
const good = { release: "v1", environment, source: { repository: "r" }, database: { path: "d" } };

/** Reads a configuration whose values are texts, as Pulumi hands them on. Returns what is wrong with it, one line each. */
async function mistakesIn(texts: Readonly<Record<string, string>>): Promise<string[]> {
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "", state: {} }) }, "project", "staging");
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [`switchback:${key}`, text])),
  );
  try {
    loadConfig();
    return [];
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    return error.message.split("\n");
  }
}
const asTexts = (values: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
const inEnvironment = (differing: object) => ({ environment: { ...environment, ...differing } });
const onHost = (differing: object) => inEnvironment({ hosts: [{ ...web1, ...differing }] });

const unseen = "holds a control character: take it out.";
const customers = "It is where customers reach the application, such as http://127.0.0.1:4180.";
const patience = "attempts times intervalSeconds is more than 10 minutes: a switch must have time left to go back.";
const asked = "It is times to ask a host whether it is well.";

const bad: [string, object, string][] = [
  [
    "a list in the place of an object",
    { environment: [] },
    "environment: expected object, received array. It is where releases run.",
  ],
  [
    "nothing in the place of an object",
    { source: "null" },
    "source: expected object, received string. It is where releases come from.",
  ],
  [
    "a release with a slash",
    { release: "canary/v1" },
    "release: must be a tag of letters, digits and . _ + @ = - only: folders and commands are named after it. It is the tag to release, such as v1.2.0.",
  ],
  [
    "a release that moves the cursor",
    { release: "canary\x1b[2J" },
    "release: must be a tag of letters, digits and . _ + @ = - only: folders and commands are named after it. It is the tag to release, such as v1.2.0.",
  ],
  [
    "a release that no folder can be named after",
    { release: "canary".repeat(40) },
    "release: Too big: expected string to have <=200 characters. It is the tag to release, such as v1.2.0.",
  ],
  [
    "an empty release to go back from",
    { rollbackFrom: "" },
    "rollbackFrom: Too small: expected string to have >=1 characters. It is the release that serves, to go back from it on purpose.",
  ],
  [
    "a path that ends at a NUL",
    { database: { path: "canary\0.sqlite" } },
    `database.path: ${unseen} It is the SQLite file.`,
  ],
  [
    "a store of two lines",
    inEnvironment({ store: "canary\nstore" }),
    `environment.store: ${unseen} It is the folder for artifacts, backups, ledger and evidence.`,
  ],
  [
    "a host's folder with a NUL",
    onHost({ directory: "canary\0" }),
    `environment.hosts[0].directory: ${unseen} It is the folder that holds releases/ and current.`,
  ],
  [
    "an address of files",
    inEnvironment({ address: "file:///canary" }),
    `environment.address: must begin with http:// or https://. ${customers}`,
  ],
  [
    "an address of a script",
    inEnvironment({ address: "javascript:canary" }),
    `environment.address: must begin with http:// or https://. ${customers}`,
  ],
  [
    "an address with a password",
    inEnvironment({ address: "https://kim:canary@shop.test" }),
    `environment.address: must hold no name and no password. ${customers}`,
  ],
  [
    "an address with a slash too many",
    inEnvironment({ address: "https://canary.test/" }),
    `environment.address: must end without a slash and hold no ? or #. ${customers}`,
  ],
  [
    "an address with a question",
    inEnvironment({ address: "https://canary.test?a=1" }),
    `environment.address: must end without a slash and hold no ? or #. ${customers}`,
  ],
  [
    "a port that is none",
    inEnvironment({ address: "http://canary.test:99999" }),
    `environment.address: Invalid URL. ${customers}`,
  ],
  [
    "a host's address with a name",
    onHost({ address: "http://canary@127.0.0.1:1" }),
    "environment.hosts[0].address: must hold no name and no password. It is where this host alone answers; default: environment.address.",
  ],
  [
    "a host's name that climbs",
    onHost({ name: "../canary" }),
    "environment.hosts[0].name: Invalid string: must match pattern /^[a-z0-9][a-z0-9-]*$/. It is a short name, such as web-1.",
  ],
  [
    "a host that is a text",
    inEnvironment({ hosts: ["canary"] }),
    "environment.hosts[0]: expected object, received string.",
  ],
  [
    "hosts by their names",
    inEnvironment({ hosts: { canary: web1 } }),
    "environment.hosts: expected array, received object. It is the machines that serve.",
  ],
  [
    "two hosts of one name",
    inEnvironment({ hosts: [web1, { ...web1, directory: "other" }] }),
    "environment.hosts[1].name: is another host's name, too: messages tell hosts by it. It is a short name, such as web-1.",
  ],
  [
    "a variable that is a number",
    { application: { variables: { PORT: 4180 } } },
    "application.variables.PORT: expected string, received number.",
  ],
  [
    "a variable that ends at a NUL",
    { application: { variables: { A: "canary\0" } } },
    `application.variables.A: ${unseen}`,
  ],
  [
    "a variable with another's assignment in its name",
    { application: { variables: { "A=1\nB": "canary" } } },
    'application.variables."A=1\\nB": its name is not allowed here: must match pattern /^[A-Z][A-Z0-9_]*$/',
  ],
  [
    "an empty secret",
    { application: { secrets: { KEY: "" } } },
    "application.secrets.KEY: is empty: set it, or take it out.",
  ],
  ["no number", { checks: '{"attempts":"NaN"}' }, `checks.attempts: expected number, received string. ${asked}`],
  [
    "a number beyond all numbers",
    { checks: '{"timeoutSeconds":1e999}' },
    "checks.timeoutSeconds: expected number, received Infinity. It is seconds a request may take.",
  ],
  ["half an attempt", { checks: { attempts: 4.5 } }, `checks.attempts: expected int, received number. ${asked}`],
  ["attempts without end", { checks: { attempts: 1e9 } }, `checks.attempts: ${patience} ${asked}`],
  ["a pause that no timer keeps", { checks: { intervalSeconds: 1e7 } }, `checks.attempts: ${patience} ${asked}`],
  [
    "more patience than a switch has time",
    { checks: { attempts: 300, intervalSeconds: 3 } },
    `checks.attempts: ${patience} ${asked}`,
  ],
  [
    "time that runs backwards",
    { checks: { timeoutSeconds: -1 } },
    "checks.timeoutSeconds: Too small: expected number to be >0. It is seconds a request may take.",
  ],
  [
    "maintenance for ever",
    inEnvironment({ maintenance: { minutes: 1e12 } }),
    "environment.maintenance.minutes: Too big: expected number to be <=10080. It is after so many minutes the page comes down by itself.",
  ],
  [
    "nobody to call",
    inEnvironment({ contacts: [""] }),
    "environment.contacts[0]: Too small: expected string to have >=1 characters.",
  ],
];

test.each(bad)("%s is one mistake", async (_, differing, mistake) => {
  const [first, ...lines] = await mistakesIn(asTexts({ ...good, ...differing }));
  expect([first, lines.join("\n")]).toEqual([
    "Pulumi.staging.yaml: one mistake in the configuration",
    `  switchback:${mistake}`,
  ]);
  expect(lines.join("\n").toLowerCase().replace("hosts.canary", "")).not.toContain("canary");
});

test("any values at all are a configuration, or mistakes that name where they are", async () => {
  const key = fc.constantFrom(
    "release",
    "again",
    "environment",
    "source",
    "database",
    "application",
    "checks",
    "policies",
    "other",
  );
  const inner = fc.dictionary(
    fc.constantFrom(
      "address",
      "hosts",
      "store",
      "path",
      "repository",
      "variables",
      "attempts",
      "steady",
      "revert",
      "x",
    ),
    fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(fc.constantFrom("name", "directory", "address"), fc.string()))),
  );
  const values = fc.dictionary(key, fc.oneof(fc.string(), fc.jsonValue(), inner));
  await fc.assert(
    fc.asyncProperty(values, fc.boolean(), async (given, complete) => {
      const [first = "", ...lines] = await mistakesIn(asTexts({ ...(complete ? good : {}), ...given }));
      if (lines.length === 0) return;
      expect(first).toMatch(/^Pulumi\.staging\.yaml: (one mistake|\d+ mistakes) in the configuration$/);
      for (const line of lines) expect(line).toMatch(/^ {2}switchback:("(\\.|[^"])*"|[\w-]|[.[\]])+: /);
      expect(lines.join("\n")).not.toMatch(/^\s+at /m);
    }),
    { numRuns: 200, seed: 1 },
  );
}, 20_000);
