/** What a chain of requests knows by name. */
export type Values = Readonly<Record<string, string | number | boolean>>;

const place = /\{([A-Za-z_]\w*)\}/g;

/** The names that stand in curly brackets in the texts of a value, however deep. */
export function placesOf(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(place)].map((match) => match[1] ?? "");
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(placesOf);
}

/** A text with its places filled. */
export function filled(text: string, values: Values): string {
  return text.replace(place, (_, name: string) => String(valueOf(name, values)));
}

/** A path with its places filled: a place that is all of it as it is, a part of one as a part that it cannot leave. */
export function filledPath(path: string, values: Values): string {
  if (/^\{\w+\}$/.test(path)) return filled(path, values);
  return path.replace(place, (_, name: string) => encodeURIComponent(valueOf(name, values)));
}

/** A value with the places of its texts filled. A text that is one place becomes what was captured: a number stays one. */
export function filledDeep(value: unknown, values: Values): unknown {
  if (typeof value === "string") {
    const [whole, name = ""] = /^\{([A-Za-z_]\w*)\}$/.exec(value) ?? [];
    return whole === undefined ? filled(value, values) : valueOf(name, values);
  }
  if (Array.isArray(value)) return value.map((one) => filledDeep(one, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledDeep(one, values)]));
}

function valueOf(name: string, values: Values): string | number | boolean {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new Error(`nothing is known as {${name}}`);
  return value;
}
