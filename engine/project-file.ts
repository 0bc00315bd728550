import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { refuse, UserError } from "./user-error.ts";
import type { PropertyValue } from "./property-value.ts";

/** One entry of the project's `config:`: a schema, or just a value. */
export interface ConfigDeclaration {
  type?: string;
  items?: { type?: string };
  default?: PropertyValue;
  value?: PropertyValue;
  secret?: boolean;
}

interface ProjectYaml {
  name?: string;
  runtime?: string | { name: string; options?: RuntimeOptions };
  main?: string;
  config?: Record<string, ConfigDeclaration | PropertyValue>;
  stackConfigDir?: string;
  backend?: { url?: string };
}

interface RuntimeOptions {
  typescript?: boolean;
  tsconfig?: string;
  nodeargs?: string;
}

export interface Project {
  name: string;
  /** Path of Pulumi.yaml. */
  file: string;
  root: string;
  /** Where the program runs, and what to hand to the SDK's entry point there. */
  programDirectory: string;
  program: string;
  options: RuntimeOptions;
  config: Record<string, ConfigDeclaration | PropertyValue>;
  configDirectory: string;
  backendUrl: string | undefined;
}

export function findProject(from = process.cwd()): Project | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml"]) {
      const file = join(directory, name);
      if (existsSync(file)) return readProject(file);
    }
    if (dirname(directory) === directory) return undefined;
  }
}

export function requireProject(): Project {
  const project = findProject();
  if (project) return project;
  throw new UserError(
    `no Pulumi.yaml project file found (searching upwards from ${process.cwd()}). ` +
      "If you have not created a project yet, use `pulumi new` to do so: no project file found",
  );
}

function readProject(file: string): Project {
  const yaml = parseProject(file);
  if (!yaml.name) throw new UserError(`could not load project ${file}: project is missing a 'name' attribute`);
  const runtime = typeof yaml.runtime === "string" ? { name: yaml.runtime } : yaml.runtime;
  if (!runtime) throw new UserError(`could not load project ${file}: project is missing a 'runtime' attribute`);
  if (runtime.name !== "nodejs") throw refuse(`the runtime "${runtime.name}"`);
  const root = dirname(file);
  const main = resolve(root, yaml.main ?? ".");
  const isFile = existsSync(main) && statSync(main).isFile();
  return {
    name: yaml.name,
    file,
    root,
    programDirectory: isFile || yaml.main === undefined ? root : main,
    program: isFile ? (yaml.main ?? ".") : ".",
    options: ("options" in runtime ? runtime.options : undefined) ?? {},
    config: yaml.config ?? {},
    configDirectory: resolve(root, yaml.stackConfigDir ?? "."),
    backendUrl: yaml.backend?.url,
  };
}

function parseProject(file: string): ProjectYaml {
  try {
    return (parse(readFileSync(file, "utf8")) ?? {}) as ProjectYaml;
  } catch (error) {
    throw new UserError(`could not load project ${file}: ${(error as Error).message}`);
  }
}
