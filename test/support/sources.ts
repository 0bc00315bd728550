/** The sources of the project, as git knows them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./engines.ts";

/** What is shipped and is code. */
export const shipped = [
  ...["actions", "cli", "components", "engine", "release", "report", "runtime", "testing"],
  ...["index.ts", "program.mjs"],
] as const;

/** Files below these paths, everything without any, that git has or would take and that are there. */
export const tracked = (...paths: readonly string[]): string[] =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...paths], {
    cwd: repository,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(repository, file)));
