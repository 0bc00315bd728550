import { expect, test } from "vitest";
import { packageOf, Providers } from "../../engine/providers.ts";

test("built-in resources are found by type once their package is loaded", async () => {
  const providers = new Providers();
  await providers.load("command");
  expect(providers.resource("command:local:Command")).toBeDefined();
  expect([packageOf("random:index/randomId:RandomId"), packageOf("pulumi:providers:random")]).toEqual([
    "random",
    "random",
  ]);
});

test("everything else is refused by name", async () => {
  const providers = new Providers();
  await expect(providers.load("aws")).rejects.toThrow('the package "aws" needs the Pulumi CLI');
  await providers.load("command");
  expect(() => providers.resource("command:remote:Command")).toThrow("command:remote:Command needs the Pulumi CLI");
  expect(() => providers.resource("pulumi:index:Stash")).toThrow(
    "the built-in resource pulumi:index:Stash needs the Pulumi CLI",
  );
});

test("a provider resource gets an id, unknown in a preview", async () => {
  const provider = new Providers().resource("pulumi:providers:command");
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
