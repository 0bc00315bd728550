// The CLI's own reading of a configuration: enough to find the store and the hosts, whatever else is wrong in it.
import { expect, test } from "vitest";
import { readEnvironment } from "../../cli/environment.ts";

const project = { "switchback:source": { repository: "app" }, "switchback:database": { path: "a.sqlite" } };
const environment = {
  address: "http://127.0.0.1:1",
  store: "store",
  hosts: [{ name: "a", directory: "a" }, { name: "b", directory: "b", address: "http://127.0.0.1:2" }],
}; // prettier-ignore

test("a stack's values stand over the project's", () => {
  const stack = { "switchback:environment": environment, "switchback:database": { path: "b.sqlite" } };
  expect(readEnvironment("Pulumi.staging.yaml", project, stack)).toEqual({
    address: "http://127.0.0.1:1",
    store: "store",
    hosts: [
      { name: "a", directory: "a", address: "http://127.0.0.1:1" },
      { name: "b", directory: "b", address: "http://127.0.0.1:2" },
    ],
    repository: { path: "app", migrations: "migrations" },
    database: "b.sqlite",
  });
});

test("names what is missing", () => {
  expect(() => readEnvironment("Pulumi.staging.yaml", project, {})).toThrow(
    'Pulumi.staging.yaml: is not complete\n✖ Invalid input: expected object, received undefined\n  → at ["switchback:environment"]\nAll that is wrong with it: switchback preview',
  );
});
