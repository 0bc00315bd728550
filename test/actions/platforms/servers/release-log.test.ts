/** What a release has logged, for people. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesSince, logPosition } from "../../../../actions/platforms/servers/release-log.ts";
import { temporaryFolder } from "../../../support/context.ts";

function makeLog() {
  const host = { name: "web-1", directory: temporaryFolder(), address: "" };
  const path = join(host.directory, "log", "app.log");
  mkdirSync(join(host.directory, "log"));
  return {
    ...{ host, path },
    position: () => logPosition(host, "log/app.log"),
    since: (position: number) => linesSince(host, "log/app.log", position, "v2"),
    log: (...lines: string[]) => {
      appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
    },
  };
}

test("only later lines of the release count; equal ones are told once", () => {
  const { position, since, log } = makeLog();
  expect([position(), since(0)]).toEqual([0, []]);
  log("v2 before");
  const at = position();
  log("v2 starts", "v1 drains", "v2 fails", "v2 fails");
  expect(since(at)).toEqual(["  web-1 log: v2 starts", "  web-1 log: v2 fails (2 times)"]);
  expect(since(position())).toEqual([]);
});

test("a structured line is told by level, message and where it came from", () => {
  const { since, log } = makeLog();
  const stack = "TypeError: x is undefined\n    at open (orders.ts:3:5)\n    at main.ts:1";
  log(
    JSON.stringify({ time: "1", release: "v2", level: "error", message: "x is undefined", stack }),
    JSON.stringify({ time: "2", release: "v2", level: "error", message: "x is undefined", stack }),
    JSON.stringify({ release: "v2", message: "plain" }),
    JSON.stringify({ release: "v2", other: 1 }),
    'null "v2"',
  );
  expect(since(0)).toEqual([
    "  web-1 log: error: x is undefined at open (orders.ts:3:5) (2 times)",
    "  web-1 log: plain",
    '  web-1 log: {"release":"v2","other":1}',
    '  web-1 log: null "v2"',
  ]);
});

test("the last ten lines are enough, each of 400 characters", () => {
  const { since, log } = makeLog();
  log(...Array.from({ length: 30 }, (_, index) => `v2 line ${index}`), `v2 ${"x".repeat(900)}`);
  const lines = since(0);
  expect([lines.length, lines[0], lines[9]]).toEqual([
    ...[10, "  web-1 log: v2 line 21", `  web-1 log: v2 ${"x".repeat(397)}`],
  ]);
});

test("of a log of many megabytes only the end is read", () => {
  const { since, log } = makeLog();
  log("v2 too long ago", "x".repeat(5_000_000), "v2 now");
  expect(since(0)).toEqual(["  web-1 log: v2 now"]);
});

test("a log that was begun anew meanwhile is read from its beginning", () => {
  const { path, position, since, log } = makeLog();
  log("v2 a long line before", "v2 and another one");
  const at = position();
  writeFileSync(path, "v2 fails\n");
  expect(since(at)).toEqual(["  web-1 log: v2 fails"]);
});
