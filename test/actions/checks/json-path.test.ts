/** Values at paths in JSON. */
import { expect, test } from "vitest";
import { valueAt } from "../../../actions/checks/json-path.ts";

test("names, indices in either form, and the length of a list are paths", () => {
  const value = { a: { b: [{ c: 1 }, { c: 2 }] } };
  const paths = ["a.b.1.c", "a.b[1].c", "a.b.length", "a.b[2].c", "a.b[-1]", "a.none.c", "a.b[0].c.d"];
  expect(paths.map((path) => valueAt(value, path))).toEqual([2, 2, 2, undefined, undefined, undefined, undefined]);
  expect([valueAt([[5]], "[0][0]"), valueAt([[5]], "0.0")]).toEqual([5, 5]);
});

test("what every object has is not there", () => {
  const paths = ["constructor", "__proto__", "toString.name", "a.length"];
  expect(paths.map((path) => valueAt({ a: "text" }, path))).toEqual(paths.map(() => undefined));
});
