import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isCollection, isMap, isSeq, parseDocument, type Document } from "yaml";
import { isDeclaration } from "./config-schema.ts";
import { isObject, mapObject, mapValue, mask, some, sortedByKey } from "./property-value.ts";
import { refuse, UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";
import type { Secrets } from "./secrets.ts";
import type { Project } from "./workspace.ts";

/** A place in the stack's configuration: the key (`namespace:name`) and the way into its value. */
export interface ConfigPlace {
  key: string;
  path: (string | number)[];
}

/** `name`, `namespace:name` or the older `namespace:config:name`. */
export function configKey(text: string, project: string): string {
  const [name, namespace = project, ...rest] = text
    .replace(/^([^:]+):config:/, "$1:")
    .split(":")
    .reverse();
  if (name && namespace && rest.length === 0) return `${namespace}:${name}`;
  throw new UserError(`invalid configuration key: could not parse ${text} as a configuration key`);
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

  /** Errors: within an object or a list there is no such place, or it cannot be in what is there. */
  set({ key, path }: ConfigPlace, value: PropertyValue): void {
    const way = ["config", key, ...path];
    for (const [depth, next] of way.entries()) {
      const above = way.slice(0, depth);
      const holder = this.document.getIn(above);
      if (depth === 0 || holder === undefined) continue;
      // A plain value gives way to an object or a list as a whole; within one it does not.
      const givesWay = holder === null || (depth === 2 && isPlain(holder));
      const problem = givesWay ? undefined : misfit(holder, next);
      if (problem !== undefined) throw new UserError(problem);
      if (givesWay) this.document.deleteIn(above);
    }
    this.document.setIn(way, this.document.createNode(value));
  }

  remove({ key, path }: ConfigPlace): void {
    const way = ["config", key, ...path];
    if (!this.document.hasIn(way)) return;
    this.document.deleteIn(way);
    if (Object.keys(this.config()).length === 0) this.document.delete("config");
  }

  /** Replaces the file as a whole: on a full disk the old one stays, with its salt. */
  save(): void {
    const path = existsSync(this.path) ? realpathSync(this.path) : this.path;
    const temporary = `${path}.tmp`;
    try {
      writeFileSync(temporary, this.document.toString({ lineWidth: 0 }), { flush: true });
      if (existsSync(path)) chmodSync(temporary, statSync(path).mode);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new UserError(`could not write ${this.path}: ${(error as Error).message}`);
    }
  }
}

/** Text, a number, a secret. */
const isPlain = (node: unknown): boolean =>
  isCollection(node) ? isSecure(node.toJSON() as PropertyValue) : node !== undefined;

/** Why a place cannot be in what is there, in the CLI's words. */
function misfit(holder: unknown, next: string | number): string | undefined {
  if (isSeq(holder)) {
    if (typeof next === "string") return "key for an array must be an int";
    return next > holder.items.length ? "array index out of range" : undefined;
  }
  if (!isMap(holder) || isPlain(holder)) return `expected ${typeof next === "string" ? "a map" : "an array"}`;
  return typeof next === "string" ? undefined : "key for a map must be a string";
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

export const hasSecure = (value: PropertyValue): boolean => some(value, isSecure);

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
