/** What is wrong with an answer. */
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AnswerExpectation,
  answerExpectationSchema,
  mismatch,
} from "../../../actions/checks/answer-expectation.ts";

const address = "https://shop.test/orders";
const seen = (expected: AnswerExpectation, location?: string, text = '{"order":{"id":5}}'): string | undefined =>
  mismatch({ status: 201, headers: new Headers(location === undefined ? {} : { location }), text }, expected, address);

test("an answer that is as expected is not wrong in anything", () => {
  const all = { status: 201, contains: "order", location: "/orders/5", json: { "order.id": { min: 5 } } };
  expect(seen(all, "https://shop.test/orders/5")).toBe(undefined);
  expect(seen(all, "/orders/5")).toBe(undefined);
  expect(seen({ status: 201, location: "https://shop.test/orders/5" }, "orders/5")).toBe(undefined);
});

test.each<[string, AnswerExpectation, string | undefined, string]>([
  ["another status", { status: 200 }, undefined, "answered 201, want 200"],
  ["a text that is not there", { status: 201, contains: "paid" }, undefined, 'answered 201, but without "paid"'],
  ["no redirect", { status: 201, location: "/a" }, undefined, "redirects to nowhere, want /a"],
  ["another place", { status: 201, location: "/a" }, "/b?token=1", "redirects to /b?..., want /a"],
  ["another site", { status: 201, location: "/a" }, "http://evil.test/a", "redirects to http://evil.test/a, want /a"],
  ["what is no address", { status: 201, location: "/a" }, "http://", "redirects to no address, want /a"],
  ["another value", { status: 201, json: { "order.id": 6 } }, undefined, "order.id is 5, want 6"],
])("%s is said", (_, expected, location, wrong) => {
  expect(seen(expected, location)).toBe(wrong);
});

test("what is no JSON is said, and JSON of which nothing is expected is refused", () => {
  expect(seen({ status: 201, json: { a: 1 } }, undefined, "<html>")).toBe("answered 201, but not with JSON");
  expect(answerExpectationSchema(z).safeParse({ status: 200, json: {} }).error?.issues[0]?.message).toBe(
    "expects nothing: name a path and its value, or leave it out",
  );
});
