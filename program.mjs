// What Pulumi starts. Plain JavaScript, so that an old Node is told apart in one sentence; the pipeline is index.ts.
import * as pulumi from "@pulumi/pulumi";
import { nodeProblem } from "./runtime/node-version.mjs";

export default async () => {
  const problem = nodeProblem();
  if (problem !== undefined) throw new pulumi.RunError(problem);
  return { ...(await import("./index.ts")) };
};
