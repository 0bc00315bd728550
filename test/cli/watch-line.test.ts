/** How a watch is shown: one line that is written anew in a terminal, seldom a line elsewhere. */
import { stripVTControlCharacters } from "node:util";
import { expect, test, vi } from "vitest";
import { WatchLine } from "../../cli/watch-line.ts";
import { judge, usualErrors } from "../../release/error-rate.ts";

const judgement = judge({ requests: 50, errors: 0 }, undefined, { worseBy: 3, acceptable: 0.001, ...usualErrors });
const seen = { judgement, seconds: 5, of: 1800, problem: undefined };

test("in a terminal the time goes on between two readings, and nothing is left of the line", () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const line = new WatchLine(true, (text) => written.push(text));
  line.see(seen);
  vi.advanceTimersByTime(2100);
  line.close();
  vi.advanceTimersByTime(5000);
  vi.useRealTimers();
  expect(written.map(stripVTControlCharacters).map((text) => text.trim())).toEqual([
    "… 0:05 of 30:00: none of 50 requests failed",
    "… 0:06 of 30:00: none of 50 requests failed",
    "… 0:07 of 30:00: none of 50 requests failed",
    "",
  ]);
  expect(written.at(-1)).toBe("\r\u001b[K");
});

test("elsewhere a line at once, and the next one only half a minute later", () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const line = new WatchLine(false, (text) => written.push(text));
  for (let reading = 0; reading < 7; reading++) {
    line.see({ ...seen, seconds: reading * 10 });
    vi.advanceTimersByTime(10_000);
  }
  line.close();
  vi.useRealTimers();
  expect(written).toEqual([
    "  0:00 of 30:00: none of 50 requests failed\n",
    "  0:30 of 30:00: none of 50 requests failed\n",
    "  1:00 of 30:00: none of 50 requests failed\n",
  ]);
});
