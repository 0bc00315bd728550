import { asText, isObject, mapValue, mask, some } from "./property-value.ts";
import { UserError } from "./user-error.ts";
import type { ConfigDeclaration, Project } from "./project-file.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";
import type { Secrets } from "./secrets.ts";
import type { StackFile } from "./stack-file.ts";

const declarationKeys = new Set(["type", "items", "default", "value", "secret", "description"]);

/** The configuration of a stack: its own file over the project's defaults, keys `namespace:name`, sorted. */
export function stackConfiguration(project: Project, file: StackFile): PropertyMap {
  const all: PropertyMap = {};
  for (const [name, declared] of Object.entries(project.config)) {
    const value = isDeclaration(declared) ? (declared.value ?? declared.default) : declared;
    if (value !== undefined) all[configKey(name, project.name)] = value;
  }
  for (const [name, value] of Object.entries(file.config())) all[configKey(name, project.name)] = value;
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function isSecure(value: PropertyValue | undefined): value is { secure: string } {
  return isObject(value) && typeof value.secure === "string" && Object.keys(value).length === 1;
}

export function hasSecure(value: PropertyValue): boolean {
  return some(value, isSecure);
}

/** The value with its secrets opened, or shown as `[secret]` when no `secrets` are given. */
export function openConfig(value: PropertyValue, secrets?: Secrets): PropertyValue {
  return mapValue(value, (item) => (isSecure(item) ? (secrets?.decrypt(item.secure) ?? mask) : undefined));
}

/** Values are text for the program; objects and lists as JSON. */
export function configText(value: PropertyValue): string {
  return typeof value === "string" ? value : JSON.stringify(isObject(value) ? sorted(value) : value);
}

function sorted(value: PropertyMap): PropertyMap {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, isObject(item) ? sorted(item) : item]));
}

/** What the program's process gets: everything in plain text, and which keys are secret. */
export async function programConfiguration(
  configuration: PropertyMap,
  secrets: Secrets,
): Promise<{ values: Record<string, string>; secretKeys: string[] }> {
  const secretKeys = Object.keys(configuration).filter((key) => hasSecure(configuration[key] ?? null));
  if (secretKeys.length > 0) await secrets.unlock();
  const values = Object.entries(configuration).map(([key, value]) => [key, configText(openConfig(value, secrets))]);
  return { values: Object.fromEntries(values) as Record<string, string>, secretKeys };
}

/** Holds the configuration against the types that the project declares. */
export function validateConfiguration(project: Project, stack: string, configuration: PropertyMap): void {
  const declared = Object.entries(project.config).filter((entry): entry is [string, ConfigDeclaration] =>
    isDeclaration(entry[1]),
  );
  const missing: string[] = [];
  for (const [name, declaration] of declared.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value = configuration[configKey(name, project.name)];
    if (value === undefined) {
      if (declaration.type) missing.push(name);
    } else validateValue(stack, name, declaration, value);
  }
  if (missing.length > 0) throw new UserError(`validating stack config: Stack '${stack}' is missing ${list(missing)}`);
}

function validateValue(stack: string, name: string, declaration: ConfigDeclaration, value: PropertyValue): void {
  const where = `validating stack config: Stack '${stack}' with configuration key '${name}' must be`;
  if (declaration.secret && !hasSecure(value)) throw new UserError(`${where} encrypted as it's secret`);
  const { type } = declaration;
  if (type && !hasSecure(value) && !(valueTests[type]?.(value, declaration) ?? true)) {
    throw new UserError(`${where} of type '${typeName(declaration)}'`);
  }
}

const valueTests: Record<string, (value: PropertyValue, declaration: ConfigDeclaration) => boolean> = {
  string: (value) => !isObject(value) && !Array.isArray(value),
  integer: (value) => Number.isInteger(typeof value === "string" && value.trim() !== "" ? Number(value) : value),
  boolean: (value) => /^(true|false)$/.test(asText(value)),
  array: (value, { items }) =>
    Array.isArray(value) && value.every((item) => valueTests[items?.type ?? ""]?.(item, items ?? {}) ?? true),
  object: isObject,
};

function typeName({ type, items }: ConfigDeclaration): string {
  return type === "array" ? `array<${items?.type ?? ""}>` : (type ?? "");
}

function isDeclaration(value: unknown): value is ConfigDeclaration {
  return isObject(value) && Object.keys(value).some((key) => declarationKeys.has(key));
}

function list(names: string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const text = quoted.length > 1 ? `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}` : (quoted[0] ?? "");
  return `configuration value${names.length > 1 ? "s" : ""} ${text}`;
}

/** A place in the stack's configuration: the key (`namespace:name`) and the way into its value. */
export interface ConfigPlace {
  key: string;
  path: (string | number)[];
}

/** `name`, `namespace:name` or the older `namespace:config:name`. */
export function configKey(text: string, project: string): string {
  const parts = text.split(":");
  if (parts.length === 3 && parts[1] === "config") parts.splice(1, 1);
  if (parts.length > 2 || parts.some((part) => part === "")) {
    throw new UserError(`invalid configuration key: could not parse ${text} as a configuration key`);
  }
  return parts.length === 2 ? parts.join(":") : `${project}:${text}`;
}

/** With `--path`, `a.b[0]["c.d"]` leads into the value of `a`. */
export function configPlace(text: string, project: string, isPath: boolean): ConfigPlace {
  if (!isPath) return { key: configKey(text, project), path: [] };
  const [head, ...path] = parsePropertyPath(text);
  return { key: configKey(String(head), project), path };
}

export function parsePropertyPath(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  const part = /\.?(?:\[(?:"((?:[^"\\]|\\.)*)"|(\d+|\*))\]|([^.[\]]+))/y;
  while (part.lastIndex < text.length) {
    const at = part.lastIndex;
    const match = part.exec(text);
    if (!match) throw new UserError(`invalid path ${text}, at position ${at}`);
    const [, quoted, index, name] = match;
    if (index !== undefined) parts.push(index === "*" ? "*" : Number(index));
    else parts.push(name ?? quoted?.replace(/\\(.)/g, "$1") ?? "");
  }
  return parts;
}
