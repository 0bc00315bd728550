/** The script that installs what tests use, among programs that answer as the test wants. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, temporaryFolder } from "../support/context.ts";

const usual = ["mktemp", "rm", "tail", "cut", "timeout"];

/** Runs it where only these programs are; a script is what the program does. */
function run(programs: Readonly<Record<string, string>>): { status: number | null; said: string; asked: string } {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of usual) {
    const place = ["/usr/bin", "/bin"].map((where) => join(where, name)).find(existsSync);
    if (place !== undefined) symlinkSync(place, join(bin, name));
  }
  const asked = join(folder, "asked");
  writeFileSync(asked, "");
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\n[ ${name} = apt-get ] && echo "$DEBIAN_FRONTEND $*" >>"${asked}"\n${script}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  const argv = [join(root, "scripts", "debian-packages.sh")];
  const { status, stdout, stderr } = spawnSync("/bin/sh", argv, {
    env: { PATH: bin, TMPDIR: folder },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr, asked: readFileSync(asked, "utf8") };
}

const installed = "echo 'install ok installed'";
const withoutChromium = `[ "$4" = chromium ] && exit 1; ${installed}`;
const user = (id: number): string => `echo ${id}`;

test("where nothing is missing it does nothing and says nothing", () => {
  const apt = { "apt-get": "exit 1", id: user(0) };
  expect(run({ "dpkg-query": installed, ...apt })).toEqual({ status: 0, said: "", asked: "" });
});

test("what is missing is installed, and nothing else", () => {
  expect(run({ "dpkg-query": withoutChromium, "apt-get": "exit 0", id: user(0) })).toEqual({
    status: 0,
    said: "Installed: chromium\n",
    asked: "noninteractive update\nnoninteractive install -y --no-install-recommends chromium\n",
  });
});

test("a package that was removed, but for its configuration, is missing", () => {
  const removed = "echo 'deinstall ok config-files'";
  expect(run({ "dpkg-query": removed, "apt-get": "exit 0", id: user(0) }).said).toMatch(/^Installed: chromium openssh/);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["without apt", { "dpkg-query": withoutChromium, id: user(0) }, "no apt-get here"],
  ["without dpkg", { id: user(0) }, "no apt-get here"],
  [
    "without root",
    { "dpkg-query": withoutChromium, "apt-get": "exit 0", id: user(1000) },
    "not root: sudo apt-get install --no-install-recommends chromium",
  ],
  [
    "without a network",
    { "dpkg-query": withoutChromium, "apt-get": "echo 'E: no route' >&2; exit 100", id: user(0) },
    "apt-get update: E: no route",
  ],
  [
    "without such a package",
    { "dpkg-query": withoutChromium, "apt-get": '[ "$1" = update ] || { echo "E: none"; exit 100; }', id: user(0) },
    "apt-get install: E: none",
  ],
])("%s it says so in one line, and is no failure", (_, programs, why) => {
  const { status, said } = run(programs);
  expect([status, said.replace(/^Not installed:.*? \(/, "")]).toEqual([0, `${why})\n`]);
});
