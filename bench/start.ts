// How long a new user waits: `npm start` in a fresh clone, and once more. Aims: cold under 90 s on two cores, warm under 10 s.
//   node bench/start.ts
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../test/support/engines.ts";
import { timed } from "./timing.ts";

const folder = mkdtempSync(join(tmpdir(), "switchback-start-"));
try {
  await execa("git", ["clone", "--quiet", repository, folder]);
  const start = (): Promise<number> => timed(() => execa("npm", ["start"], { cwd: folder, stdio: "inherit" }));
  const cold = await start();
  const warm = await start();
  process.stdout.write(
    `npm start: cold ${(cold / 1000).toFixed(1)} s (aim 90 s), warm ${(warm / 1000).toFixed(1)} s (aim 10 s)\n`,
  );
} finally {
  await execa("npm", ["run", "switchback", "--", "stop"], { cwd: folder, reject: false });
  rmSync(folder, { recursive: true, force: true });
}
