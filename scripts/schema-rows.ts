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
  if (inner instanceof z.ZodObject && !isLeaf(schema, inner)) {
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, value]) =>
      schemaRows(value, [...path, key]),
    );
  }
  if (inner instanceof z.ZodDiscriminatedUnion) return rowsOfUnion(inner, path);
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

/** The values of all its kinds, each once; those that not every kind has say which do. */
function rowsOfUnion(union: z.ZodDiscriminatedUnion, path: readonly string[]): SchemaRow[] {
  const { discriminator } = union.def;
  const kinds = (union.options as z.ZodObject[]).map((option) => {
    const literal = option.shape[discriminator] as unknown as z.ZodLiteral;
    return { kind: String(literal.value), rows: schemaRows(option, path) };
  });
  const own = [...path, discriminator].join(".");
  const all = new Map(kinds.flatMap(({ rows }) => rows).map((row) => [row.at, row]));
  return [...all.values()].map((row) => {
    const having = kinds.filter(({ rows }) => rows.some(({ at }) => at === row.at)).map(({ kind }) => kind);
    if (row.at === own) return { at: own, meaning: having.join(", "), byDefault: "(required)" };
    return having.length === kinds.length ? row : { ...row, meaning: `${row.meaning} (${having.join(", ")})` };
  });
}

/** An object that explains itself as a whole, and none of its fields alone, is one value. */
function isLeaf(schema: z.ZodType, inner: z.ZodObject): boolean {
  const fields = Object.values(inner.shape);
  return schema.description !== undefined && fields.every(({ description }) => description === undefined);
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
