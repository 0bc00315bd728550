/** An old Node is told apart in one sentence, wherever it starts: by a step, by Pulumi, by the command. */
import { expect, test } from "vitest";
import { nodeProblem } from "../../runtime/node-version.mjs";

test.each(["22.18.0", "22.19.1", "24.0.0", "100.1.0"])("Node %s will do", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

test.each(["18.20.1", "20.20.2", "22.17.9", "22.1.0"])("Node %s is too old", (version) => {
  expect(nodeProblem(version)).toBe(
    `Switchback needs Node 22.18 or newer, this is ${version}: put a newer one first on the PATH`,
  );
});
