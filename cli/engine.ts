import { closeSync, existsSync, openSync, readSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "./problem.ts";

export type EngineName = "pulumi" | "embedded";

/** What runs the pipeline's program. */
export interface Engine {
  readonly name: EngineName;
  readonly executable: string;
}

const embeddedRoot = fileURLToPath(new URL("../engine", import.meta.url));

/** Where the Automation API looks for `bin/pulumi`. */
export const rootOf = ({ executable }: Engine): string => dirname(dirname(executable));

/**
 * Chooses the engine: the Pulumi CLI where there is one, else the embedded one. Errors: the one asked for is not here, or
 * production would run on the embedded one without anybody having said so.
 */
export function chooseEngine(
  asked: EngineName | undefined,
  stack: string,
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): Engine {
  const installed = asked === "embedded" ? undefined : findInstalled(environment.PATH ?? "", home);
  if (installed !== undefined) return { name: "pulumi", executable: installed };
  if (asked === "pulumi") {
    throw new Problem(
      "--engine pulumi: there is no Pulumi CLI on PATH or in ~/.pulumi/bin. Install it, or use --engine embedded.",
    );
  }
  if (stack === "production" && asked !== "embedded") {
    throw new Problem(
      "production: there is no Pulumi CLI here, and production does not run on the embedded engine unless you say so: --engine embedded",
    );
  }
  return { name: "embedded", executable: join(embeddedRoot, "bin", "pulumi") };
}

/** In one line, for the people who watch. */
export function describe({ name, executable }: Engine, home = homedir()): string {
  if (name === "embedded") return "engine: embedded";
  return `engine: Pulumi CLI, ${executable.startsWith(`${home}/`) ? `~${executable.slice(home.length)}` : executable}`;
}

function findInstalled(path: string, home: string): string | undefined {
  const name = process.platform === "win32" ? "pulumi.exe" : "pulumi";
  return [...path.split(delimiter).filter((folder) => folder !== ""), join(home, ".pulumi", "bin")]
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate) && !isEmbedded(candidate));
}

/** The embedded engine is called pulumi too, and may be on PATH, also that of another installation. */
function isEmbedded(candidate: string): boolean {
  if (realpathSync(candidate).startsWith(embeddedRoot)) return true;
  const head = Buffer.alloc(200);
  const file = openSync(candidate, "r");
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  return head.toString("latin1").includes("embedded engine");
}
