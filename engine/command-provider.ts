import { randomBytes } from "node:crypto";
import { archiveOf, globAssets } from "./assets.ts";
import { detailedDiff, diffInputs } from "./diff.ts";
import { hasUnknown, isObject, plain, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { runScript, type ScriptOptions } from "./run-script.ts";
import type { Provider, ResourceProvider, StepContext } from "./providers.ts";

/** A Command's inputs without marks. */
interface Inputs extends ScriptOptions {
  addPreviousOutputInEnv?: boolean;
  assetPaths?: string[];
  archivePaths?: string[];
}

type Script = PropertyValue | undefined;

/** The types of inputs, under Go's names, as the provider complains in them. */
const types = {
  string: ["create", "update", "delete", "dir", "stdin", "logging"],
  bool: ["addPreviousOutputInEnv"],
  "[]string": ["interpreter", "assetPaths", "archivePaths"],
  "map[string]string": ["environment"],
};

/** Go's name for the type of a value, empty where a preview does not know it. */
function goType(value: PropertyValue): string {
  if (value === null || hasUnknown(value)) return "";
  if (typeof value === "string") return "string";
  if (typeof value !== "object") return typeof value === "boolean" ? "bool" : "float64";
  const holds = Object.values(value).every((item) => typeof item === "string") ? "string" : "interface {}";
  return (isObject(value) ? "map[string]" : "[]") + holds;
}

/** `command:local:Command`: a script per step of its life. */
const command: ResourceProvider = {
  check(inputs) {
    const wanted = Object.entries(types).flatMap(([type, names]) => names.map((name) => ({ name, type })));
    return wanted.flatMap(({ name, type }) => {
      const got = goType(plain(inputs[name] ?? null));
      const reason = `Field '${name}' on 'local.CommandInputs' must be a '${type}'; got '${got}' instead`;
      return got === "" || got === type ? [] : [{ property: name, reason }];
    });
  },
  diff: ({ inputs = {} }, wanted) => diffInputs(inputs, wanted, detailedDiff(inputs, wanted)),
  async create(inputs, context) {
    const id = context.name + randomBytes(4).toString("hex");
    return { id, outputs: await outputs(inputs, inputs.create, {}, context) };
  },
  update: (old, inputs, context) => outputs(inputs, inputs.update ?? inputs.create, old.outputs ?? {}, context),
  async delete({ outputs: state = {} }, context) {
    await run(state, state.delete, state, context);
  },
};

export const commandProvider: Provider = {
  resources: { "command:local:Command": command },
  functions: {
    "command:local:run": async (args, context) => ({ ...args, ...(await run(args, args.command ?? "", {}, context)) }),
  },
};

/** All inputs come back as outputs, marks and all; what the script prints is not secret by itself. */
async function outputs(inputs: PropertyMap, script: Script, previous: PropertyMap, context: StepContext) {
  if (context.preview) return { ...inputs, stdout: unknown, stderr: unknown };
  return { ...inputs, ...(await run(inputs, script, previous, context)) };
}

async function run(marked: PropertyMap, script: Script, previous: PropertyMap, context: StepContext) {
  if (script === undefined) return printed(previous);
  const inputs = plain(marked) as Inputs;
  const { dir = context.directory, assetPaths, archivePaths } = inputs;
  const { stdout, stderr } = printed(inputs.addPreviousOutputInEnv === false ? {} : previous);
  const environment = {
    ...inputs.environment,
    ...(stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
  return {
    ...(await runScript(plain(script) as string, { ...inputs, environment }, context)),
    ...(assetPaths && { assets: globAssets(dir, assetPaths) }),
    ...(archivePaths && { archive: archiveOf(globAssets(dir, archivePaths)) }),
  };
}

function printed({ stdout = "", stderr = "" }: PropertyMap): { stdout: string; stderr: string } {
  return plain({ stdout, stderr }) as { stdout: string; stderr: string };
}
