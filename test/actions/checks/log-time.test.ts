/** Times of log lines, in the formats that applications and servers write. */
import { expect, test } from "vitest";
import { timeOfEntry, timeOfText } from "../../../actions/checks/log-time.ts";

const at = Date.parse("2026-11-21T20:00:59Z");

test.each<[string, number]>([
  ["2026-11-21T20:00:59Z started", at],
  ["2026-11-21T20:00:59.250+02:00 started", at + 250 - 7_200_000],
  ["[2026-11-21 20:00:59] production.ERROR: no", at],
  ["2026-11-21 20:00:59,5 ERROR no", at + 500],
  ["2026/11/21 20:00:59 [error] 7#7: no", at],
  ['10.0.0.1 - - [21/Nov/2026:20:00:59 +0000] "GET / HTTP/1.1" 200 5', at],
  ["[21-Nov-2026 20:00:59 UTC] PHP Fatal error: no", at],
  ["Nov 21 20:00:59 host app[7]: no", at],
])("%s", (line, time) => {
  expect(timeOfText(line, "utc", at + 1000)).toBe(time);
});

test("a month of syslog that is still to come was last year's", () => {
  expect(timeOfText("Dec 31 20:00:59 host app: no", "utc", at)).toBe(Date.parse("2025-12-31T20:00:59Z"));
});

test("times without a zone may be meant locally", () => {
  expect(timeOfText("2026-11-21 20:00:59 x", "local")).toBe(new Date(2026, 10, 21, 20, 0, 59).getTime());
});

test("lines of traces, times that are none, and times far behind are none", () => {
  for (const line of [
    "    at x 2026-11-21T20:00:59Z",
    "#0 /app/a.php(3)",
    "2026-13-41T20:00:59Z",
    "",
    `${"x".repeat(120)}2026-11-21T20:00:59Z`,
    "[21/Foo/2026:20:00:59 +0000]",
  ])
    expect(timeOfText(line, "utc"), line).toBe(undefined);
});

test("structured lines say it in their usual fields", () => {
  expect(timeOfEntry({ time: at }, "utc")).toBe(at);
  expect(timeOfEntry({ ts: at / 1000 }, "utc")).toBe(at);
  expect(timeOfEntry({ time: "soon", "@timestamp": "2026-11-21T20:00:59Z" }, "utc")).toBe(at);
  expect(timeOfEntry({ message: "2026-11-21T20:00:59Z" }, "utc")).toBe(undefined);
});
