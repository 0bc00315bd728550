/** What may stand in the place of a file of ours: anything at all, or the file with something wrong in it. */
import fc from "fast-check";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const bytesOf = (text: string): Buffer => Buffer.from(text);

/** Bytes, texts and JSON; of `fields` objects that have some of them. */
export function anything(fields: readonly string[]): fc.Arbitrary<Buffer> {
  const similar = fc.dictionary(
    fc.constantFrom(...fields),
    fc.oneof(fc.jsonValue(), fc.constantFrom("running", "done")),
  );
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .oneof(
        fc.string(),
        fc.json(),
        similar.map((value) => JSON.stringify(value)),
      )
      .map(bytesOf),
  );
}

/** A good file of JSON that was cut off, or has another value, or none, in the place of one of its own. */
export function damagedFrom(good: unknown): fc.Arbitrary<Buffer> {
  const text = JSON.stringify(good);
  const value = JSON.parse(text) as Json;
  const another = fc.option(fc.jsonValue() as fc.Arbitrary<Json>, { nil: undefined });
  return fc.oneof(
    fc.nat(text.length - 1).map((length) => bytesOf(text.slice(0, length))),
    fc
      .tuple(fc.constantFrom(...placesIn(value)), another)
      .map(([place, other]) => bytesOf(JSON.stringify(replaced(value, place, other) ?? ""))),
  );
}

/** The way to every value inside of a value. */
function placesIn(value: Json): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner).map((rest) => [key, ...rest]))];
}

function replaced(value: Json, [key, ...rest]: readonly string[], other: Json | undefined): Json | undefined {
  if (key === undefined) return other;
  const change = (inner: Json): Json | undefined => replaced(inner, rest, other);
  if (Array.isArray(value))
    return value.map((inner: Json, at) => (String(at) === key ? (change(inner) ?? null) : inner));
  const entries = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(
    entries.flatMap(([name, inner]) => {
      const now = name === key ? change(inner) : inner;
      return now === undefined ? [] : [[name, now] as const];
    }),
  );
}
