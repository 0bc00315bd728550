#!/usr/bin/env node
// Plain JavaScript for any Node: continues on the project's own Node where this one is too old for TypeScript.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeProblem } from "../../runtime/node-version.mjs";

const problem = nodeProblem();
const own = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));

if (problem === undefined) {
  const { keepCompiled } = await import("../../runtime/compile-cache.mjs");
  keepCompiled();
  const extension =
    import.meta.url.endsWith(".mjs") && existsSync(new URL("../main.ts", import.meta.url)) ? "ts" : "js";
  const { main } = await import(`../main.${extension}`);
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(own) && process.execPath !== own) {
  const { status } = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  console.error(problem);
  process.exitCode = 1;
}
