import { parseJson } from "../json-file.ts";

/** What is known of each route beside its signature, as text; by signature, such as `GET|HEAD orders/{id}`. */
export type Routes = ReadonlyMap<string, string>;

export interface Difference {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Reads a list of routes: JSON objects with method and uri or path (and domain, name, middleware), or one route on each
 * line. Undefined for what is none.
 */
export function readRoutes(text: string): Routes | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return trimmed.includes("\0") ? undefined : fromLines(trimmed);
  const list = parseJson(trimmed);
  if (!Array.isArray(list)) return undefined;
  const routes = list.map(routeOf);
  return routes.every((route) => route !== undefined) ? gathered(routes) : undefined;
}

/** The same list as it is kept for review: sorted, one route on a line. */
export const writtenRoutes = (routes: Routes): string =>
  `[\n${[...routes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([signature, details]) => details.split("\n").map((detail) => `  ${lineOf(signature, detail)}`))
    .join(",\n")}\n]\n`;

export function compareRoutes(baseline: Routes, actual: Routes): Difference {
  const missingIn = (routes: Routes, others: Routes): string[] => [...routes.keys()].filter((key) => !others.has(key));
  return {
    removed: missingIn(baseline, actual),
    added: missingIn(actual, baseline),
    changed: [...actual].filter(([key, details]) => (baseline.get(key) ?? details) !== details).map(([key]) => key),
  };
}

/** A signature as it is compared: methods sorted, no slash in front. */
export function normalized(signature: string): string {
  const [, methods = "", path = ""] = /^(\S+)\s+(.*)$/.exec(signature.trim()) ?? [];
  return path === "" ? signature.trim() : signatureOf(methods.split("|"), path);
}

const signatureOf = (methods: readonly string[], path: string): string =>
  `${methods
    .map((method) => method.trim().toUpperCase())
    .sort()
    .join("|")} ${path
    .trim()
    .replaceAll(/\s+/g, " ")
    .replace(/^\/(?=.)/, "")}`;

type Route = readonly [signature: string, details: string];

function routeOf(value: unknown): Route | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { method, methods = method, uri, path = uri, domain, ...others } = value as Record<string, unknown>;
  const list: unknown[] = Array.isArray(methods) ? methods : typeof methods === "string" ? methods.split("|") : [];
  const place = typeof uri === "string" ? uri : path;
  if (list.length === 0 || typeof place !== "string" || !list.every((one) => typeof one === "string")) return undefined;
  const host = typeof domain === "string" && domain !== "" ? `${domain}/` : "";
  // Where both are there, the other path is no address but one thing more about the route.
  const details = typeof uri === "string" && path !== uri ? { ...others, path } : others;
  return [signatureOf(list, host + place.replace(/^\/(?=.)/, "")), stable(details)];
}

const fromLines = (text: string): Routes =>
  gathered(
    text
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.trim().startsWith("#"))
      .map((line) => [normalized(line), "{}"]),
  );

/** Two routes of one signature are one with two lines of details. */
function gathered(routes: readonly Route[]): Routes {
  const all = new Map<string, string[]>();
  for (const [signature, details] of routes) all.set(signature, [...(all.get(signature) ?? []), details]);
  return new Map([...all].map(([signature, details]) => [signature, details.sort().join("\n")]));
}

/** JSON with its keys in one order; the order of a list, such as middleware, means something. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

function lineOf(signature: string, details: string): string {
  const [methods = "", path = ""] = signature.split(/ (.*)/s);
  return JSON.stringify({ method: methods, uri: path, ...(JSON.parse(details) as object) });
}
