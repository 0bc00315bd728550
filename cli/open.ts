import { chooseEngine, type EngineName } from "./engine.ts";
import { chooseStack, findProject } from "./project.ts";
import { Stack } from "./stack.ts";
import { StackFile } from "./stack-file.ts";

/** What every command can be told. */
export interface CommonOptions {
  readonly stack?: string;
  readonly engine?: EngineName;
  readonly json?: boolean;
}

/** Finds the project and its stack, and goes to the project's folder: paths in a configuration start there. */
export function openStack(options: CommonOptions): Stack {
  const project = findProject();
  const name = chooseStack(project, options.stack);
  const engine = chooseEngine(options.engine, name);
  process.chdir(project.folder);
  return new Stack(name, project, new StackFile(project.stackFolder, name), engine);
}
