/** Names in curly brackets, and what they stand for. */
import { expect, test } from "vitest";
import { filled, filledDeep, filledPath, placesOf } from "../../../actions/checks/template.ts";

const values = { id: 5, name: "a b/../c", paid: true, where: "/orders/5?x=1" };

test("places are found however deep, and what looks otherwise is left alone", () => {
  expect(placesOf({ a: ["{id} {name}", { b: "{id}" }], c: 1, d: null, e: '{"json": 1} {not ok} {}' })).toEqual([
    ...["id", "name", "id"],
  ]);
});

test("texts are filled; one that is a place only keeps the kind of its value", () => {
  expect(filled("order {id} of {name}", values)).toBe("order 5 of a b/../c");
  expect(filledDeep({ id: "{id}", list: ["{paid}", "no {id}"], n: 1, z: null }, values)).toEqual({
    ...{ id: 5, list: [true, "no 5"], n: 1, z: null },
  });
});

test("a part of a path stays a part of it; a whole path is taken as it is", () => {
  expect(filledPath("/orders/{name}/{id}", values)).toBe("/orders/a%20b%2F..%2Fc/5");
  expect(filledPath("{where}", values)).toBe("/orders/5?x=1");
});

test("a name of which nothing is known is an error, also one that every object has", () => {
  expect(() => filled("{none}", values)).toThrow("nothing is known as {none}");
  expect(() => filled("{constructor}", values)).toThrow("nothing is known as {constructor}");
});
