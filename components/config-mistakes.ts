import leven from "leven";
import * as z from "zod";

/** Words for every mistake at once: where, what is wrong, what to do. Values are never repeated: one may be a secret. */
export function explainMistakes(file: string, schema: z.ZodType, error: z.ZodError): string {
  const mistakes = error.issues.flatMap((issue) => explain(file, schema, issue));
  const count = mistakes.length === 1 ? "one mistake" : `${mistakes.length} mistakes`;
  return `${file}: ${count} in the configuration\n${mistakes.map((line) => `  ${line}`).join("\n")}`;
}

function explain(file: string, schema: z.ZodType, issue: z.core.$ZodIssue): string[] {
  const path = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(shapeAt(schema, issue.path));
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not known. ${suggest(key, known)}`);
  }
  const meaning = descriptionAt(schema, issue.path);
  const wanted = meaning === undefined ? "" : ` It is ${meaning}.`;
  if (issue.code === "invalid_type" && issue.input === undefined && issue.message.endsWith("received undefined")) {
    const whole = Object.keys(shapeAt(schema, issue.path)).length > 0;
    return [`${path}: is missing.${wanted} ${whole ? `Add it to ${file}` : `Set it: ${commandFor(issue.path)}`}`];
  }
  if (issue.code === "invalid_key") {
    const why = issue.issues.map(({ message }) => message.replace(/^Invalid string: /, "")).join(", ");
    return [`${path}: its name is not allowed here: ${why}`];
  }
  return [`${path}: ${issue.message.replace(/^Invalid input: /, "")}.${wanted}`];
}

const pathOf = (path: readonly PropertyKey[]): string =>
  `switchback:${path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${keyOf(String(part))}`)).join("")}`;

/** A key is anybody's text: one that could pass for more than a key stands in quotes. */
const keyOf = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

function commandFor(path: readonly PropertyKey[]): string {
  return path.length === 1
    ? `pulumi config set ${pathOf(path)} VALUE`
    : `pulumi config set --path '${pathOf(path)}' VALUE`;
}

function suggest(key: string, known: readonly string[]): string {
  const [best] = known.map((name) => ({ name, far: leven(key, name) })).sort((a, b) => a.far - b.far);
  if (best && best.far <= Math.max(2, key.length / 3)) return `Did you mean ${best.name}?`;
  return `Known are: ${known.join(", ")}`;
}

/** The schema that stands at a path, without what wraps it. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  for (const part of path) {
    const inner: z.ZodType | undefined = at && unwrap(at);
    if (inner instanceof z.ZodObject) at = new Map<PropertyKey, z.ZodType>(Object.entries(inner.shape)).get(part);
    else if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
    else return undefined;
  }
  return at;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function shapeAt(schema: z.ZodType, path: readonly PropertyKey[]): object {
  const at = schemaAt(schema, path);
  const inner = at && unwrap(at);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

function descriptionAt(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  const at = schemaAt(schema, path);
  return at && (at.description ?? unwrap(at).description);
}
