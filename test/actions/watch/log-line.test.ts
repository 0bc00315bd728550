/** Which lines of a log are requests, and which of them failed. */
import { expect, test } from "vitest";
import * as z from "zod";
import { type LineRule, readLine, ruleSchema } from "../../../actions/watch/log-line.ts";

const status: LineRule = { field: "status", errorFrom: 500 };
const level: LineRule = { field: "level", errors: ["error", "fatal"] };
const plain: LineRule = { request: '" \\d{3} ', error: '" 5\\d\\d ' };

test.each<[LineRule, string, ReturnType<typeof readLine>]>([
  [status, '{"status":200}', "request"],
  [status, '{"status":499}', "request"],
  [status, '{"status":500}', "error"],
  [status, '{"status":"503"}', "error"],
  [status, '{"status":""}', undefined],
  [status, '{"status":null,"message":"started"}', undefined],
  [status, '{"message":"started"}', undefined],
  [status, "status 500", undefined],
  [status, '{"status":500', undefined],
  [status, "", undefined],
  [{ field: "response.status", errorFrom: 500 }, '{"response":{"status":502}}', "error"],
  [{ field: "http.status", errorFrom: 500 }, '{"http.status":502}', "error"],
  [{ field: "response.status", errorFrom: 500 }, '{"response":"none"}', undefined],
  [{ field: "constructor", errors: ["x"] }, "{}", undefined],
  [level, '{"level":"info"}', "request"],
  [level, '{"level":"fatal"}', "error"],
  [level, '{"level":null}', undefined],
  [plain, '127.0.0.1 - - [1/Jan] "GET / HTTP/1.1" 200 12', "request"],
  [plain, '127.0.0.1 - - [1/Jan] "GET / HTTP/1.1" 502 12', "error"],
  [plain, "a line of another kind 500 ", undefined],
])("%j: %s is %s", (rule, line, is) => {
  expect(readLine(line, rule)).toBe(is);
});

test.each([
  { field: "", errorFrom: 500 },
  { field: "level", errors: [] },
  { field: "level" },
  { request: "(", error: "x" },
  { request: "x", error: ".*" },
  { request: "x" },
])("%j is refused", (rule) => {
  expect(ruleSchema(z).safeParse(rule).success).toBe(false);
});
