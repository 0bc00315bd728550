import { existsSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { type Action, Refusal } from "../actions/action.ts";

/** The folder of this package: actions are named by their path in it. */
const root = new URL("../", import.meta.url);
const extension = extname(import.meta.url);
const safe = /^(\.\/)?[a-z0-9_-]+(\/[a-z0-9_-]+)*$/i;

/** How a spec names an action: its path in this package, or `./path` in the user's project. Errors: it is in neither. */
export function nameOfAction(module: string): string {
  const project = pathToFileURL(`${process.cwd()}/`).href;
  const bare = module.slice(0, -extname(module).length);
  if (bare.startsWith(root.href)) return bare.slice(root.href.length);
  if (bare.startsWith(project)) return `./${bare.slice(project.length)}`;
  throw new Refusal(`${module}: an action must be a file of the project, ${project}`);
}

/** Loads the one action of the file that `name` names. Errors: no such file, or no action in it. */
export async function loadAction(name: string): Promise<Action<unknown>> {
  if (!safe.test(name)) throw new Refusal(`"${name}" does not name an action`);
  const base = name.startsWith("./") ? pathToFileURL(`${process.cwd()}/`) : root;
  const file = new URL(name + (name.startsWith("./") ? ".ts" : extension), base);
  if (!existsSync(file)) throw new Refusal(`${name}: there is no such action`);
  const module = (await import(file.href)) as Record<string, unknown>;
  const action = Object.values(module).find(isAction);
  if (!action) throw new Refusal(`${name}: defines no action`);
  return action;
}

function isAction(value: unknown): value is Action<unknown> {
  return typeof value === "object" && value !== null && "run" in value && "args" in value && "survives" in value;
}
