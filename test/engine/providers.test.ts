import { expect, test } from "vitest";
import { packageOf, providerOf, resourceProvider } from "../../engine/providers.ts";

test("built-in resources and functions are found by their token", () => {
  expect(resourceProvider("command:local:Command")).toBeDefined();
  expect(providerOf("command:local:run").functions).toHaveProperty("command:local:run");
  const tokens = ["random:index/randomId:RandomId", "pulumi:providers:random"];
  expect(tokens.map(packageOf)).toEqual(["random", "random"]);
});

test.each([
  ["aws:s3/bucket:Bucket", 'the package "aws"'],
  ["pulumi:providers:aws", 'the package "aws"'],
  ["pulumi-nodejs:dynamic:Resource", "a dynamic provider"],
  ["command:remote:Command", "command:remote:Command"],
  ["pulumi:index:Stash", "the built-in resource pulumi:index:Stash"],
])("%s is refused by name", (type, what) => {
  expect(() => resourceProvider(type)).toThrow(`${what} needs the Pulumi CLI`);
});

test("a provider resource gets an id, unknown in a preview", async () => {
  const provider = resourceProvider("pulumi:providers:command");
  const context = {
    name: "n",
    preview: false,
    directory: ".",
    signal: new AbortController().signal,
    log: () => undefined,
  };
  expect((await provider.create({}, context)).id).toMatch(/^[0-9a-f-]{36}$/);
  expect((await provider.create({}, { ...context, preview: true })).id).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
});
