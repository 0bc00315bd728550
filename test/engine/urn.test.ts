import { expect, test } from "vitest";
import { createUrn, isDefaultProvider, nameOf, providerUrn, qualifiedType, typeOf } from "../../engine/urn.ts";

const stack = createUrn("dev", "case", "", "pulumi:pulumi:Stack", "case-dev");

test("a URN holds the types of all parents but the stack", () => {
  const box = createUrn("dev", "case", stack, "my:index:Box", "box");
  const inner = createUrn("dev", "case", box, "command:local:Command", "a::b");
  expect(box).toBe("urn:pulumi:dev::case::my:index:Box::box");
  expect(qualifiedType(inner)).toBe("my:index:Box$command:local:Command");
  expect([typeOf(inner), nameOf(inner)]).toEqual(["command:local:Command", "a::b"]);
});

test("a default provider is known by its name, a reference by the id behind its URN", () => {
  const urn = createUrn("dev", "case", "", "pulumi:providers:command", "default_1_2_1");
  expect(isDefaultProvider(urn)).toBe(true);
  expect(isDefaultProvider(createUrn("dev", "case", "", "pulumi:providers:command", "mine"))).toBe(false);
  expect(providerUrn(`${urn}::some-id`)).toBe(urn);
});
