import { openBackend } from "../backend.ts";
import { cliVersion } from "../checkpoint.ts";
import { answer, print, type Commands } from "../command-line.ts";
import { userName } from "../lock.ts";
import { findProject } from "../workspace.ts";

/** The version of the CLI whose behaviour and files the engine reproduces; callers compare it. */
function version(): void {
  print(cliVersion);
  process.stderr.write("(embedded engine)\n");
}

export const commands: Commands = {
  version,
  "--version": version,
  whoami: (flags) => answer(flags, { user: userName(), url: openBackend(findProject()).url }, userName()),
};
