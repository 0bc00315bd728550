import { Refusal } from "./action.ts";
import { readIfThere } from "./files.ts";

/** The fields of a file that somebody relies on, and what kind of value each must hold. */
export interface Shape {
  readonly [field: string]: "string" | "number" | "boolean" | "object" | Shape;
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
  for (const [field, kind] of Object.entries(shape)) {
    const inner: unknown = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
    const name = at === "it" ? field : `${at}.${field}`;
    const wrong = typeof kind === "object" ? misfit(inner, kind, name) : misfitOf(inner, kind, name);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const misfitOf = (value: unknown, kind: string, name: string): string | undefined =>
  typeof value === kind && value !== null ? undefined : `${name} is no ${kind}`;
