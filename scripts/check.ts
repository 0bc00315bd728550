// All checks of the project, the quick ones first. Ends with the test runner's closing lines.
import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { engines } from "../test/support/engines.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const path = [dirname(process.execPath), join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);

const checks: readonly (readonly [string, ...string[]])[] = [
  ["tsc", "--noEmit"],
  ["eslint", "--max-warnings", "0", "."],
  ["prettier", "--check", "--log-level", "warn", "."],
  ["vitest", "run", ...process.argv.slice(2)],
];

for (const [command, ...args] of checks) {
  process.stdout.write(`\n> ${[command, ...args].join(" ")}\n`);
  if (command === "vitest") process.stdout.write(`  engines: ${engines.map((engine) => engine.name).join(", ")}\n`);
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
}

function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
