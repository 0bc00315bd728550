import { randomBytes } from "node:crypto";
import { archiveOf, globAssets } from "./assets.ts";
import { changedKeys, detailedDiff } from "./diff.ts";
import { asText, hasUnknown, isObject, plain, unknown } from "./property-value.ts";
import { runScript } from "./run-script.ts";
import type { CheckFailure, Provider, ResourceProvider, StepContext } from "./providers.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** A Command's inputs without marks. */
interface Inputs {
  create?: string;
  update?: string;
  delete?: string;
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  stdin?: string;
  logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
  addPreviousOutputInEnv?: boolean;
  assetPaths?: string[];
  archivePaths?: string[];
}

type Kind = "string" | "bool" | "[]string" | "map[string]string";

const kinds: Record<keyof Inputs, Kind> = {
  create: "string",
  update: "string",
  delete: "string",
  interpreter: "[]string",
  dir: "string",
  environment: "map[string]string",
  stdin: "string",
  logging: "string",
  addPreviousOutputInEnv: "bool",
  assetPaths: "[]string",
  archivePaths: "[]string",
};

const kindTests: Record<Kind, (value: PropertyValue) => boolean> = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  "[]string": (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  "map[string]string": (value) => isObject(value) && Object.values(value).every((item) => typeof item === "string"),
};

const goTypes: Record<string, string> = { number: "float64", boolean: "bool", string: "string" };

/** `command:local:Command`: a script per step of its life. */
const command: ResourceProvider = {
  check: (inputs) => Object.entries(kinds).flatMap(([name, kind]) => checkProperty(inputs, name, kind)),
  diff: (old, inputs) => {
    const olds = old.inputs ?? {};
    const keys = changedKeys(olds, inputs);
    return { changed: keys.length > 0, changedKeys: keys, replaceKeys: [], detailed: detailedDiff(olds, inputs) };
  },
  async create(inputs, context) {
    const id = context.name + randomBytes(4).toString("hex");
    const script = (plain(inputs) as Inputs).create;
    return { id, outputs: await outputs(inputs, script, { stdout: "", stderr: "" }, context) };
  },
  update(old, inputs, context) {
    const { update, create } = plain(inputs) as Inputs;
    return outputs(inputs, update ?? create, previousOutput(old.outputs), context);
  },
  async delete(old, context) {
    const state = old.outputs ?? {};
    const script = (plain(state) as Inputs).delete;
    if (script !== undefined) await run(plain(state) as Inputs, script, previousOutput(old.outputs), context);
  },
};

export const commandProvider: Provider = {
  resources: { "command:local:Command": command },
  functions: {
    "command:local:run": async (args, context) => {
      const inputs = plain(args) as PropertyMap & Inputs & { command: string };
      const result = await run(inputs, inputs.command, { stdout: "", stderr: "" }, context);
      return { ...args, ...result };
    },
  },
};

/** All inputs come back as outputs, marks and all; what the script prints is not secret by itself. */
async function outputs(
  inputs: PropertyMap,
  script: string | undefined,
  previous: PropertyMap,
  context: StepContext,
): Promise<PropertyMap> {
  if (context.preview) return { ...inputs, stdout: unknown, stderr: unknown };
  if (script === undefined) return { ...inputs, ...previous };
  return { ...inputs, ...(await run(plain(inputs) as Inputs, script, previous, context)) };
}

function previousOutput(outputs: PropertyMap = {}): PropertyMap {
  return { stdout: plain(outputs.stdout ?? ""), stderr: plain(outputs.stderr ?? "") };
}

async function run(inputs: Inputs, script: string, previous: PropertyMap, context: StepContext): Promise<PropertyMap> {
  const { logging = "stdoutAndStderr", interpreter = [] } = inputs;
  const directory = inputs.dir ?? context.directory;
  const result = await runScript({
    command: script,
    interpreter: interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"],
    directory,
    environment: { ...process.env, ...inputs.environment, ...outputVariables(inputs, previous) },
    stdin: inputs.stdin ?? "",
    logs: { stdout: logging.startsWith("stdout"), stderr: /stderr$/i.test(logging) },
    onLine: (line) => {
      context.log(line);
    },
    signal: context.signal,
  });
  return {
    ...result,
    ...(inputs.assetPaths && { assets: globAssets(directory, inputs.assetPaths) }),
    ...(inputs.archivePaths && { archive: archiveOf(globAssets(directory, inputs.archivePaths)) }),
  };
}

function outputVariables({ addPreviousOutputInEnv }: Inputs, { stdout, stderr }: PropertyMap): Record<string, string> {
  if (addPreviousOutputInEnv === false) return {};
  return {
    ...(stdout !== "" && { PULUMI_COMMAND_STDOUT: asText(stdout) }),
    ...(stderr !== "" && { PULUMI_COMMAND_STDERR: asText(stderr) }),
  };
}

function checkProperty(inputs: PropertyMap, name: string, kind: Kind): CheckFailure[] {
  const value = plain(inputs[name] ?? null);
  if (value === null || hasUnknown(value) || kindTests[kind](value)) return [];
  const got = goTypes[typeof value] ?? (Array.isArray(value) ? "[]interface {}" : "map[string]interface {}");
  return [
    { property: name, reason: `Field '${name}' on 'local.CommandInputs' must be a '${kind}'; got '${got}' instead` },
  ];
}
