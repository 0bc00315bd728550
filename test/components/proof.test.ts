/** What a component hands to the next one. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { prove } from "../../components/proof.ts";
import { register } from "../support/mocks.ts";

test("a proof is the value and the resource that made it, and nothing else", async () => {
  await register({}, () => {
    const resource = new pulumi.ComponentResource("test:index:Parent", "parent");
    const value = pulumi.output({ id: "2-b-v1" });
    const proof = prove<"backup", { id: string }>(value, resource);
    expect(Object.entries(proof)).toEqual([
      ["value", value],
      ["resource", resource],
    ]);
  });
});
