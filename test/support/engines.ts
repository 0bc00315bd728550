/** The engines that can run here: the embedded one always, the Pulumi CLI where it is installed. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Engine {
  readonly name: "embedded" | "pulumi";
  /** Its executable. */
  readonly path: string;
}

export const repository = fileURLToPath(new URL("../../", import.meta.url));

export const embedded: Engine = { name: "embedded", path: join(repository, "engine/bin/pulumi") };

export const installed: Engine | undefined = findCli();

/** Those that tests are repeated on. `SWITCHBACK_ENGINES=embedded` leaves the CLI to the tests that are about it. */
export const engines: readonly Engine[] =
  installed && process.env.SWITCHBACK_ENGINES !== embedded.name ? [embedded, installed] : [embedded];

function findCli(): Engine | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), join(homedir(), ".pulumi", "bin")];
  const found = folders
    .map((folder) => join(folder, "pulumi"))
    .find((path) => existsSync(path) && !path.startsWith(repository));
  return found === undefined ? undefined : { name: "pulumi", path: found };
}
