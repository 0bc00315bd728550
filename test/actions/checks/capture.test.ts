/** What is kept of an answer. */
import { expect, test } from "vitest";
import * as z from "zod";
import { type Capture, captured, captureSchema } from "../../../actions/checks/capture.ts";

const answer = {
  headers: new Headers({ location: "/orders/5" }),
  text: '{"order":{"id":5,"lines":[],"paid":true}}',
};
const cookies = new Map([["sid", "s1"]]);

test.each<[Capture, unknown]>([
  [{ json: "order.id" }, 5],
  [{ json: "order.paid" }, true],
  [{ json: "order.lines" }, undefined],
  [{ json: "order.none" }, undefined],
  [{ header: "Location" }, "/orders/5"],
  [{ header: "location", pattern: "/(\\d+)$" }, "5"],
  [{ header: "location", pattern: "/([a-c]+)$" }, undefined],
  [{ header: "x-none" }, undefined],
  [{ header: "x-none", pattern: "(.)" }, undefined],
  [{ body: '"id":(\\d+)' }, "5"],
  [{ body: "(none)" }, undefined],
  [{ cookie: "sid" }, "s1"],
  [{ cookie: "none" }, undefined],
])("%j is %j", (capture, value) => {
  expect(captured(answer, cookies, capture)).toBe(value);
});

test("what is no JSON, and what stands too far behind, is not found", () => {
  expect(captured({ ...answer, text: "<html>" }, cookies, { json: "order.id" })).toBe(undefined);
  const far = { ...answer, text: `${" ".repeat(1024 * 1024)}id=5` };
  expect(captured(far, cookies, { body: "id=(5)" })).toBe(undefined);
});

test.each(["no group", "(one)(two)", "(broken"])("the pattern %s is refused", (body) => {
  expect(captureSchema(z).safeParse({ body }).success).toBe(false);
  expect(captureSchema(z).safeParse({ header: "a", pattern: body }).success).toBe(false);
});
