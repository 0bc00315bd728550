import { openBackend } from "../backend.ts";
import { userName } from "../lock.ts";
import { cliVersion } from "../checkpoint.ts";
import { print, printJson, type Commands } from "../command-line.ts";
import { findProject } from "../workspace.ts";

/** The version of the CLI whose behaviour and files the engine reproduces; callers compare it. */
function version(): void {
  print(cliVersion);
  process.stderr.write("(embedded engine)\n");
}

export const commands: Commands = {
  version,
  "--version": version,
  whoami({ json }) {
    const user = userName();
    const { url } = openBackend(findProject());
    if (json) printJson({ user, url });
    else print(user);
  },
};
