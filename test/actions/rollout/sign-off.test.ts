/** The recorded GO of a release. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signOffByPolicy } from "../../../actions/rollout/sign-off.ts";
import { act } from "../../support/context.ts";

test("the GO names release, commit and artifact, and is kept with the rollout's evidence", async () => {
  const needs = { GATE: { decision: "go" as const }, ARTIFACT: { digest: "d".repeat(64), commit: "c".repeat(40) } };
  const { result, store } = await act(signOffByPolicy, {}, { needs, release: "v2", rollout: "2-b" });
  const signed = { release: "v2", commit: "c".repeat(40), artifact: "d".repeat(64), by: "policy" };
  expect(result).toEqual(signed);
  const folder = join(store, "evidence", "2-b");
  expect(readdirSync(folder)).toEqual(["sign-off.json"]);
  const kept = JSON.parse(readFileSync(join(folder, "sign-off.json"), "utf8")) as { at: string };
  expect(kept).toEqual({ ...signed, at: new Date(kept.at).toISOString() });
});
