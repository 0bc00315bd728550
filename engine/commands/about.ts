import { userInfo } from "node:os";
import { openBackend } from "../backend.ts";
import { cliVersion } from "../checkpoint.ts";
import { parseFlags } from "../command-line.ts";
import { findProject } from "../project-file.ts";

/** The version of the CLI whose behaviour and files the engine reproduces; callers compare it. */
export function version(): Promise<undefined> {
  process.stdout.write(`${cliVersion}\n`);
  process.stderr.write("(embedded engine)\n");
  return Promise.resolve(undefined);
}

export function about(): Promise<undefined> {
  process.stdout.write(
    `Switchback's embedded engine, which reproduces Pulumi CLI ${cliVersion} for release pipelines.\n` +
      `Node ${process.version}, ${process.execPath}\n`,
  );
  return Promise.resolve(undefined);
}

export function whoami(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const user = userInfo().username;
  const { url } = openBackend(findProject());
  process.stdout.write(`${flags.json ? JSON.stringify({ user, url }, null, 2) : user}\n`);
  return Promise.resolve(undefined);
}
