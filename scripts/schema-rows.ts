import * as z from "zod";

/** One value that a schema asks for. */
export interface SchemaRow {
  /** Where it stands, from the top: `hosts[].name`. */
  readonly at: string;
  readonly meaning: string;
  /** As JSON; `(required)`, or empty for a value that may be left out. */
  readonly byDefault: string;
}

/** Every value of an object's schema, those of inner objects and lists of objects by their paths. */
export function schemaRows(schema: z.ZodType, path: readonly string[] = []): SchemaRow[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && !isLeaf(schema, path)) {
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, value]) =>
      schemaRows(value, [...path, key]),
    );
  }
  if (inner instanceof z.ZodArray && unwrap(inner.element as z.ZodType) instanceof z.ZodObject) {
    return schemaRows(inner.element as z.ZodType, [...path.slice(0, -1), `${path.at(-1) ?? ""}[]`]);
  }
  return [
    {
      at: path.join("."),
      meaning: schema.description ?? inner.description ?? "",
      byDefault: defaultOf(schema),
    },
  ];
}

/** An object that is left out as a whole is one value; one whose fields have their own defaults is not. */
function isLeaf(schema: z.ZodType, path: readonly string[]): boolean {
  return path.length > 0 && schema instanceof z.ZodDefault && schema.description !== undefined;
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return "(required)";
  return result.data === undefined ? "" : `\`${JSON.stringify(result.data)}\``;
}

/** A line of a Markdown table. */
export const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |\n`;
