import { randomBytes } from "node:crypto";
import { archiveOf, globAssets } from "./assets.ts";
import { detailedDiff, diffInputs, type DiffKind } from "./diff.ts";
import { hasUnknown, isObject, plain, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { runScript, type ScriptOptions } from "./run-script.ts";
import type { Provider, ResourceProvider, StepContext } from "./providers.ts";

/** A Command's inputs without marks. */
interface Inputs extends ScriptOptions {
  addPreviousOutputInEnv?: boolean;
  assetPaths?: string[];
  archivePaths?: string[];
}

/** The types of inputs, under Go's names, as the provider complains in them. */
const types = {
  string: "create update delete dir stdin logging",
  bool: "addPreviousOutputInEnv",
  "[]string": "interpreter assetPaths archivePaths",
  "[]interface {}": "triggers",
  "map[string]string": "environment",
};

/** Go's name for the type of a value. */
function goType(value: PropertyValue): string {
  if (typeof value === "string") return "string";
  if (!(value instanceof Object)) return typeof value === "boolean" ? "bool" : "float64";
  const holds = Object.values(value).every((item) => typeof item === "string") ? "string" : "interface {}";
  return (isObject(value) ? "map[string]" : "[]") + holds;
}

const fits = (value: PropertyValue, type: string): boolean =>
  type === "[]interface {}" ? Array.isArray(value) : goType(value) === type;

/** `command:local:Command`: a script per step of its life. */
const command: ResourceProvider = {
  check(inputs) {
    const wanted = Object.entries(types).flatMap(([type, names]) => names.split(" ").map((name) => ({ name, type })));
    return wanted.flatMap(({ name, type }) => {
      const value = plain(inputs[name] ?? unknown);
      if (hasUnknown(value) || fits(value, type)) return [];
      const reason = `Field '${name}' on 'local.CommandInputs' must be a '${type}'; got '${goType(value)}' instead`;
      return [{ property: name, reason }];
    });
  },
  /** Triggers that come or go as a whole replace by themselves; for what changes within them the SDK says it. */
  diff({ inputs = {} }, wanted) {
    const { triggers, ...others } = detailedDiff(inputs, wanted);
    if (!triggers) return diffInputs(inputs, wanted, others);
    const detailed = { ...others, triggers: `${triggers}-replace` as DiffKind };
    return { ...diffInputs(inputs, wanted, detailed), replaceKeys: ["triggers"] };
  },
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

type Script = PropertyValue | undefined;

/** All inputs come back as outputs, marks and all; what the script prints is not secret by itself. */
async function outputs(inputs: PropertyMap, script: Script, previous: PropertyMap, context: StepContext) {
  if (context.preview) return { ...inputs, stdout: unknown, stderr: unknown };
  return { ...inputs, ...(await run(inputs, script, previous, context)) };
}

async function run(marked: PropertyMap, script: Script, previous: PropertyMap, context: StepContext) {
  const before = plain({ stdout: previous.stdout ?? "", stderr: previous.stderr ?? "" });
  if (script === undefined) return before;
  const inputs = plain(marked) as Inputs;
  const { dir = context.directory, addPreviousOutputInEnv = true, assetPaths, archivePaths } = inputs;
  const environment: NodeJS.ProcessEnv = { ...inputs.environment };
  for (const [name, text] of Object.entries(addPreviousOutputInEnv ? before : {})) {
    if (text !== "") environment[`PULUMI_COMMAND_${name.toUpperCase()}`] = text as string;
  }
  return {
    ...(await runScript(plain(script) as string, { ...inputs, environment }, context)),
    ...(assetPaths && { assets: globAssets(dir, assetPaths) }),
    ...(archivePaths && { archive: archiveOf(globAssets(dir, archivePaths)) }),
  };
}
