// Where every step's process begins: `node -e "import('switchback/step')"`. Plain JavaScript, so that an old Node is told
// apart in one sentence, and so that what it compiles can be kept from the first TypeScript file on.
import module from "node:module";
import { nodeProblem } from "./node-version.mjs";

const problem = nodeProblem();
if (problem === undefined) {
  module.enableCompileCache();
  await import("./step-program.ts");
} else {
  console.error(problem);
  process.exitCode = 1;
}
