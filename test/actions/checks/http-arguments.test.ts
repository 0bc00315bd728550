/** Arguments that the checks of HTTP answers share. */
import { expect, test } from "vitest";
import * as z from "zod";
import {
  accepts,
  bearerHeader,
  headerNameSchema,
  sentHeadersSchema,
  statusesInWords,
  statusesSchema,
  targetInWords,
  timeoutSchema,
} from "../../../actions/checks/http-arguments.ts";

test("one status or several are accepted, and told", () => {
  expect([accepts(200, 200), accepts(200, 201), accepts([403, 419], 419), accepts([403, 419], 200)]).toEqual([
    ...[true, false, true, false],
  ]);
  expect([statusesInWords(200), statusesInWords([200]), statusesInWords([403, 419])]).toEqual([
    ...["200", "200", "one of 403, 419"],
  ]);
});

test("statuses, times and names that cannot be are refused", () => {
  const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;
  expect([200, [200, 302], [], 99, 600, [200, 99]].map((value) => takes(statusesSchema(z), value))).toEqual([
    ...[true, true, false, false, false, false],
  ]);
  expect([0, -1, 0.5, 300, 301].map((value) => takes(timeoutSchema(z), value))).toEqual([
    ...[false, false, true, true, false],
  ]);
  expect(["x-a", "", "x a", "x:a", "x\na"].map((value) => takes(headerNameSchema(z), value))).toEqual([
    ...[true, false, false, false, false],
  ]);
  expect([{ accept: "a/b" }, { "not one": "" }].map((value) => takes(sentHeadersSchema(z), value))).toEqual([
    true,
    false,
  ]);
});

test("a token is looked up only where one is named", () => {
  const secret = (): string => "t0ken";
  expect(bearerHeader(undefined, { secret })).toEqual({});
  expect(bearerHeader({ variable: "TOKEN" }, { secret })).toEqual({ authorization: "Bearer t0ken" });
});

test("the query of a redirect is not told", () => {
  const from = "https://shop.example/a";
  expect(
    ["/b", "?code=s3cret", "https://u:s3cret@b.example/c#s3cret", "https://["].map((to) => targetInWords(to, from)),
  ).toEqual([...["https://shop.example/b", "https://shop.example/a?...", "https://b.example/c", undefined]]);
});
