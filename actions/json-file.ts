import { Refusal } from "./action.ts";
import { readIfThere } from "./files.ts";

/** What a value must be. A pattern: a text that it matches. A list of one kind: a list of values that all are of it. */
export type Kind = "string" | "number" | "boolean" | "object" | RegExp | readonly [Kind] | Shape;

/**
 * The fields of a file that somebody relies on, and what each must hold. One whose name ends in `?` may be missing; `*`
 * stands for every field there is.
 */
export interface Shape {
  readonly [field: string]: Kind;
}

/**
 * Reads a JSON file of ours; undefined when there is none. Errors: it is damaged, or somebody else's; `remedy` says what
 * to do then.
 */
export function readJson(path: string, shape: Shape, remedy: string): unknown {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  const wrong = value === undefined ? "it is not JSON" : misfit(value, shape);
  if (wrong === undefined) return value;
  throw new Refusal(`${path}: is damaged: ${wrong}. ${remedy}`);
}

/** Undefined for what is not JSON, which itself knows no such value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first thing about a value that does not fit, in words; undefined when it fits. */
export function misfit(value: unknown, shape: Shape, at = "it"): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${at} is no object`;
  for (const [key, kind] of Object.entries(shape)) {
    const wrong =
      key === "*" ? misfitIn(Object.values(value), kind, `a field of ${at}`) : misfitAt(value, key, kind, at);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function misfitAt(holder: object, key: string, kind: Kind, at: string): string | undefined {
  const field = key.replace(/\?$/, "");
  const value: unknown = Object.hasOwn(holder, field) ? (holder as Record<string, unknown>)[field] : undefined;
  if (value === undefined && key.endsWith("?")) return undefined;
  return misfitOf(value, kind, at === "it" ? field : `${at}.${field}`);
}

function misfitOf(value: unknown, kind: Kind, name: string): string | undefined {
  if (typeof kind === "string") return typeof value === kind && value !== null ? undefined : `${name} is no ${kind}`;
  if (kind instanceof RegExp)
    return typeof value === "string" && kind.test(value) ? undefined : `${name} is none of the words it can be`;
  if (!isList(kind)) return misfit(value, kind, name);
  return Array.isArray(value) ? misfitIn(value, kind[0], `an entry of ${name}`) : `${name} is no list`;
}

/** Of many values the first that does not fit; which one it is may be a name that is no text for people. */
function misfitIn(values: readonly unknown[], kind: Kind, name: string): string | undefined {
  for (const value of values) {
    const wrong = misfitOf(value, kind, name);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const isList = (kind: Kind): kind is readonly [Kind] => Array.isArray(kind);
