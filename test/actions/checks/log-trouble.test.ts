/** What is bad in a log unless said otherwise: true and false alarms. */
import { expect, test } from "vitest";
import { isTrouble, usualTrouble } from "../../../actions/checks/log-trouble.ts";
import { firstFound } from "../../../actions/checks/pattern.ts";

test.each([
  "[21-Nov-2026 20:00:59 UTC] PHP Fatal error:  Uncaught Error",
  "[2026-11-21 20:00:59] production.ERROR: no",
  "Stack trace:",
  "Traceback (most recent call last):",
  "[UnhandledPromiseRejection: This error originated]",
  "TypeError: x\n    at run (file:///app/main.js:3:14)",
  "    at /app/main.js:3:14",
  '10.0.0.1 - - [21/Nov/2026:20:00:59 +0000] "GET / HTTP/1.1" 502 157 "-"',
])("%s is trouble", (text) => {
  expect(firstFound(usualTrouble, text)).not.toBe(undefined);
});

test.each([
  "[2026-11-21 20:00:59] production.INFO: no error",
  '10.0.0.1 - - [21/Nov/2026:20:00:59 +0000] "GET / HTTP/1.1" 200 502 "-"',
  "    at noon: 12",
])("%s is none", (text) => {
  expect(firstFound(usualTrouble, text)).toBe(undefined);
});

test("structured lines say it by their level, in every library's way, or by an answer of 5xx", () => {
  const bad = [
    { level: "error" },
    { level: "FATAL" },
    { level: 50 },
    { level: 400, level_name: "ERROR" },
    { severity: "CRITICAL" },
    { level: "info", status: 503 },
    { level: 30, res: { statusCode: 500 } },
  ];
  const fine = [
    { level: "info" },
    { level: 40 },
    { level: 200, level_name: "INFO" },
    { level: 200 },
    { status: 404 },
    {},
  ];
  expect([...bad, ...fine].map(isTrouble)).toEqual([...bad.map(() => true), ...fine.map(() => false)]);
});
