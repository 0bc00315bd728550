import { expect, test } from "vitest";
import {
  checkIntegrity,
  formatCheckpoint,
  newManifest,
  parseCheckpoint,
  refuseForeignState,
} from "../../engine/checkpoint.ts";
import type { Deployment, ResourceState } from "../../engine/checkpoint.ts";

const resource = (urn: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn,
  custom: true,
  type: "t",
  ...more,
});
const deployment = (...resources: ResourceState[]): Deployment => ({ manifest: newManifest(), resources });

test("a checkpoint is read as it was written", () => {
  const written = deployment(resource("a"));
  expect(parseCheckpoint(formatCheckpoint("organization/p/s", written), "file")).toEqual({
    version: 3,
    deployment: written,
  });
  expect(() => parseCheckpoint("{", "dev.json")).toThrow(/^could not read the checkpoint dev.json: /);
});

test("integrity wants everything after what it needs, each URN once, and the right magic", () => {
  checkIntegrity(deployment(resource("a"), resource("b", { parent: "a", provider: "a::id", dependencies: ["a"] })));
  checkIntegrity(deployment(resource("a"), resource("a", { delete: true })));
  expect(() => {
    checkIntegrity(deployment(resource("b", { parent: "a" }), resource("a")));
  }).toThrow("resource b refers to missing resource a");
  expect(() => {
    checkIntegrity(deployment(resource("a"), resource("a")));
  }).toThrow("duplicate resource a");
  expect(() => {
    checkIntegrity({ manifest: { time: "", magic: "x", version: "v3" } });
  }).toThrow("magic cookie mismatch");
});

test("a state that only the CLI can continue is refused", () => {
  const manifest = newManifest();
  expect(() => {
    refuseForeignState({ version: 4, features: ["hooks"], deployment: { manifest } });
  }).toThrow("a stack whose state uses hooks needs the Pulumi CLI");
  expect(() => {
    refuseForeignState({ version: 3, deployment: { manifest, secrets_providers: { type: "awskms" } } });
  }).toThrow('the secrets provider "awskms" needs the Pulumi CLI');
  expect(() => {
    refuseForeignState({ version: 3, deployment: deployment(resource("a", { pendingReplacement: true })) });
  }).toThrow("finishing the half-done delete-before-replace of a needs the Pulumi CLI");
});
