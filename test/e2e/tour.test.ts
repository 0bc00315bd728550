/** Proves that the README's tour is what one sees: its commands are run, and print what it shows but for times and ids. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded, repository } from "../support/engines.ts";
import { Project } from "../support/project.ts";

const readme = readFileSync(join(repository, "README.md"), "utf8");
const stops = [...readme.matchAll(/<!-- tour: ([^\n]*) -->\n```\n(.*?)```\n/gs)].map(
  ([, command = "", shown = ""]) => ({
    command,
    shown,
  }),
);

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { whole: true });
  expect((await project.up("v1.0.0")).exitCode).toBe(0);
});
afterAll(async () => {
  await project.remove();
});

test("there is a tour", () => {
  expect(stops.map(({ command }) => command)).toEqual([
    "npm run switchback -- up --release v1.1.0",
    "npm run switchback -- up --release v1.3.0-broken",
    "npm run switchback -- rollback v1.0.0",
  ]);
});

test.for(stops)("$command", async ({ command, shown }) => {
  const args = command.split(" ").slice(4);
  const argv = [join(repository, "cli/bin/switchback.mjs"), ...args, "--yes", "--engine", "embedded"];
  const { stdout } = await execa(process.execPath, argv, {
    cwd: project.folder,
    env: { ...project.environment, npm_command: "run-script", npm_lifecycle_event: "switchback" },
    reject: false,
  });
  const lines = stdout.split("\n").slice(-shown.split("\n").length + 1);
  expect(lines.length).toBeGreaterThan(3);
  expect(normal(lines.join("\n"))).toEqual(normal(shown));
});

/** Lines without what differs from run to run, in one order: some steps run side by side. */
function normal(text: string): string[] {
  return (
    text
      .replaceAll(/\d+-[0-9a-f]{6}\b/g, "ID")
      .replaceAll(/\b[0-9a-f]{7}\b|\b[0-9a-f]{12}\b/g, "HASH")
      .replaceAll(/ +\d+\.\d s\b/g, " N s")
      .replaceAll(/(http:\/\/)?127\.0\.0\.1:\d+/g, "ADDRESS")
      .replaceAll(/\bhost-0\b|\blocal\b/g, "HOST")
      .replaceAll(/asked \d+ times|\(\d+ times\)/g, "N times")
      .replaceAll(/\d+ (MB|bytes|rows|ms)\b/g, "N $1")
      .replaceAll(/of \d+ requests/g, "of N requests")
      .replaceAll(/file:\S+/g, "FILE")
      .replaceAll(/\S*\.switchback\/\S*store/g, "STORE")
      .replaceAll(/\d+ entries since \S+/g, "N entries")
      .replaceAll(/\d+ events, after .* s, still/g, "N events, still")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !/^(steps |(backup take|smoke [a-z ]+), )/.test(line))
      // A machine may have no Chromium, and be slow.
      .filter((line) => !/smoke (browser|latency) /.test(line))
      .sort()
  );
}
