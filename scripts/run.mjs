// Runs a program of this project: installs the packages when the lock file has changed, then continues on a Node that
// runs TypeScript. Plain JavaScript for old Nodes, because this is what a fresh clone starts with.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, ...args] = process.argv.slice(2);

if (!program) fail("usage: node scripts/run.mjs PROGRAM [ARGUMENT...]");
if (!installed()) {
  console.error("Installing packages (npm ci) ...");
  run(process.platform === "win32" ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
const node = newEnough(process.versions.node) ? process.execPath : join(root, "node_modules", "node", "bin", "node");
process.exitCode = run(node, [join(root, program), ...args]);

/** npm writes its own copy of the lock file last, so a newer one means a complete installation. */
function installed() {
  const mark = join(root, "node_modules", ".package-lock.json");
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

function newEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  const { node: range } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines;
  const [wantMajor, wantMinor] = range.replace(">=", "").split(".").map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}

function run(command, argv) {
  const path = [dirname(command), process.env.PATH].filter((part) => part && part !== ".").join(delimiter);
  const { status, error } = spawnSync(command, argv, {
    cwd: process.cwd(),
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  if (error) fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0 && argv[0] === "ci") fail("npm ci failed. Mend what it says above and run this again.");
  return status ?? 1;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
