// Where every step's process begins: `node -e "import('switchback/step')"`. Plain JavaScript, so that an old Node is told
// apart in one sentence, and so that what it compiles can be kept from the first TypeScript file on.
import { keepCompiled } from "./compile-cache.mjs";
import { nodeProblem } from "./node-version.mjs";

const problem = nodeProblem();
if (problem === undefined) {
  keepCompiled();
  await import("./step-program.ts");
} else {
  console.error(problem);
  process.exitCode = 1;
}
