import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isCollection, isMap, parseDocument, type Document } from "yaml";
import { isObject, mapObject, mapValue, mask, some, sortedByKey } from "./property-value.ts";
import { refuse, UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";
import type { Secrets } from "./secrets.ts";
import type { ConfigDeclaration, Project } from "./workspace.ts";

/** A place in the stack's configuration: the key (`namespace:name`) and the way into its value. */
export interface ConfigPlace {
  key: string;
  path: (string | number)[];
}

/** `name`, `namespace:name` or the older `namespace:config:name`. */
export function configKey(text: string, project: string): string {
  const parts = text.split(":");
  if (parts.length === 3 && parts[1] === "config") parts.splice(1, 1);
  if (parts.length > 2 || parts.includes("")) {
    throw new UserError(`invalid configuration key: could not parse ${text} as a configuration key`);
  }
  return parts.length === 2 ? parts.join(":") : `${project}:${text}`;
}

/** With `--path`, `a.b[0]["c.d"]` leads into the value of `a`. */
export function configPlace(text: string, project: string, isPath = false): ConfigPlace {
  const [head = "", ...path] = isPath ? parsePropertyPath(text) : [text];
  return { key: configKey(String(head), project), path };
}

export function parsePropertyPath(text: string): (string | number)[] {
  const parts = [...text.matchAll(/\.?(?:\[(?:"((?:[^"\\]|\\.)*)"|(\d+|\*))\]|([^.[\]]+))/gy)];
  if (parts.map(([part]) => part).join("") !== text) throw new UserError(`invalid path ${text}`);
  return parts.map(([, quoted, index, name]) => {
    if (index !== undefined) return index === "*" ? "*" : Number(index);
    return name ?? quoted?.replace(/\\(.)/g, "$1") ?? "";
  });
}

/** `Pulumi.STACK.yaml`. Edits keep the user's comments and order. */
export class StackFile {
  readonly path: string;
  private readonly document: Document;

  constructor(project: Project, stack: string, path = join(project.configDirectory, `Pulumi.${stack}.yaml`)) {
    this.path = path;
    // Words that YAML 1.1 takes for booleans are quoted, as keys and as values: other readers of the file are that old.
    this.document = parseDocument(existsSync(path) ? readFileSync(path, "utf8") : "", { compat: "yaml-1.1" });
    const [error] = this.document.errors;
    if (error) throw new UserError(`could not load ${path}: ${error.message}`);
    if (this.document.get("secretsprovider")) throw refuse(`the secrets provider in ${path}`);
    if (this.document.get("environment")) throw refuse(`the environment in ${path}`);
  }

  get salt(): string | undefined {
    return this.document.get("encryptionsalt") as string | undefined;
  }

  /** The CLI writes the salt first. */
  setSalt(value: string): void {
    this.document.set("encryptionsalt", value);
    const { contents } = this.document;
    if (isMap(contents)) contents.items.unshift(...contents.items.splice(-1));
  }

  /** Every key's value as it stands; secrets are `{ secure: ciphertext }`. */
  config(): PropertyMap {
    return (this.document.toJS() as { config?: PropertyMap | null } | null)?.config ?? {};
  }

  set({ key, path }: ConfigPlace, value: PropertyValue): void {
    const way = ["config", key, ...path];
    for (const [depth, next] of way.entries()) {
      if (depth > 0) this.requireRoom(way.slice(0, depth), next);
    }
    this.document.setIn(way, this.document.createNode(value));
  }

  /** What is at `way` has to be able to hold `next`; what is missing is made when the value is set. */
  private requireRoom(way: (string | number)[], next: string | number): void {
    const holder = this.document.getIn(way);
    if (holder === null) this.document.deleteIn(way);
    else if (holder !== undefined && !isCollection(holder)) {
      const place = way.slice(1).join(".");
      throw new UserError(`an array or object is expected at ${place}, found ${JSON.stringify(holder)}`);
    }
    const length = isCollection(holder) ? holder.items.length : 0;
    if (typeof next === "number" && next > length) throw new UserError(`array index out of range: ${next}`);
  }

  remove({ key, path }: ConfigPlace): void {
    const way = ["config", key, ...path];
    if (!this.document.hasIn(way)) return;
    this.document.deleteIn(way);
    if (Object.keys(this.config()).length === 0) this.document.delete("config");
  }

  save(): void {
    writeFileSync(this.path, this.document.toString({ lineWidth: 0 }));
  }
}

/** The configuration of a stack: its own file over the project's defaults, keys `namespace:name`, sorted. */
export function stackConfiguration(project: Project, file: StackFile): PropertyMap {
  const defaults = Object.entries(project.config).flatMap(([name, declared]): [string, PropertyValue][] => {
    const value = isDeclaration(declared) ? (declared.value ?? declared.default) : declared;
    return value === undefined ? [] : [[name, value]];
  });
  const all = [...defaults, ...Object.entries(file.config())];
  return sortedByKey(Object.fromEntries(all.map(([name, value]) => [configKey(name, project.name), value])));
}

function isSecure(value: PropertyValue): value is { secure: string } {
  return isObject(value) && typeof value.secure === "string" && Object.keys(value).length === 1;
}

export function hasSecure(value: PropertyValue): boolean {
  return some(value, isSecure);
}

/** The value with its secrets opened, or shown as `[secret]` when no `secrets` are given. */
export function openConfig(value: PropertyValue, secrets?: Secrets): PropertyValue {
  return mapValue(value, (item) => (isSecure(item) ? (secrets?.decrypt(item.secure) ?? mask) : undefined));
}

/** Values are text for the program; objects and lists as JSON, keys sorted. */
export function configText(value: PropertyValue): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_, item: PropertyValue) => (isObject(item) ? sortedByKey(item) : item));
}

/** As `--json` shows it: every key with its value and whether it is secret; a secret's value only with `secrets`. */
export function shownConfig(configuration: PropertyMap, secrets: Secrets | undefined): PropertyMap {
  return mapObject(configuration, (value) => {
    const secret = hasSecure(value);
    if (secret && !secrets) return { secret };
    const opened = openConfig(value, secrets);
    return { value: configText(opened), ...(opened instanceof Object && { objectValue: opened }), secret };
  });
}

/** What the program's process gets: everything in plain text, and which keys are secret. */
export async function programConfiguration(configuration: PropertyMap, secrets: Secrets) {
  const secretKeys = Object.keys(configuration).filter((key) => hasSecure(configuration[key] ?? null));
  if (secretKeys.length > 0) await secrets.unlock();
  const values = mapObject(configuration, (value) => configText(openConfig(value, secrets)));
  return { values: values as Record<string, string>, secretKeys };
}

/** Holds the configuration against the types that the project declares. */
export function validateConfiguration(project: Project, stack: string, configuration: PropertyMap): void {
  const where = `validating stack config: Stack '${stack}'`;
  const declarations = Object.entries(sortedByKey(project.config)).flatMap(([name, declared]) =>
    isDeclaration(declared) ? [{ name, declared, value: configuration[configKey(name, project.name)] }] : [],
  );
  for (const { name, declared, value } of declarations) {
    const wanted = value === undefined || hasSecure(value) ? undefined : unmet(declared, value);
    if (wanted) throw new UserError(`${where} with configuration key '${name}' must be ${wanted}`);
  }
  const missing = declarations.filter(({ declared, value }) => declared.type && value === undefined);
  if (missing.length === 0) return;
  // British: no comma in front of "and".
  const list = new Intl.ListFormat("en-GB").format(missing.map(({ name }) => `'${name}'`));
  throw new UserError(`${where} is missing configuration value${missing.length > 1 ? "s" : ""} ${list}`);
}

/** What the value should be and is not. */
function unmet(declared: ConfigDeclaration, value: PropertyValue): string | undefined {
  if (declared.secret) return "encrypted as it's secret";
  const { type, items } = declared;
  if (fits(value, declared)) return undefined;
  return `of type '${type === "array" ? `array<${items?.type ?? ""}>` : type}'`;
}

function fits(value: PropertyValue, { type = "", items = {} }: ConfigDeclaration): boolean {
  const tests: Record<string, () => boolean> = {
    string: () => typeof value !== "object",
    integer: () => Number.isInteger(typeof value === "string" && value.trim() !== "" ? Number(value) : value),
    boolean: () => typeof value === "boolean" || value === "true" || value === "false",
    array: () => Array.isArray(value) && value.every((item) => fits(item, items)),
    object: () => isObject(value),
  };
  return tests[type]?.() ?? true;
}

function isDeclaration(value: unknown): value is ConfigDeclaration {
  return isObject(value) && ["type", "items", "default", "value", "secret", "description"].some((key) => key in value);
}
