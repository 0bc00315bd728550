// The page that people read and keep.
import { expect, test } from "vitest";
import { downtimeInWords, toMarkdown } from "../../report/markdown.ts";
import { makeReport } from "../../report/report.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import type { Gate } from "../../runtime/gates.ts";
import { rollout, takenBack } from "./entries.ts";

function pageOf(entries: Parameters<typeof rolloutsOf>[0], gates: readonly Gate[] = []): string {
  const [rollout] = rolloutsOf(entries);
  if (!rollout) return "";
  const logOf = (step: string): string => `${step}.log`;
  return toMarkdown(makeReport({ environment: "staging", rollout, earlier: [], logOf, gates }));
}

test("a release that was taken back", () => {
  expect(pageOf(takenBack("2-b", "v2", "v1"))).toBe(`# v2 to staging: taken back

- **Rollout:** 2-b
- **Served after it:** v1
- **When:** 2026-01-02T03:02:00.000Z to 2026-01-02T03:02:04.000Z
- **By:** deploy@web
- **Downtime:** 0 of 71 requests failed, longest gap 20 ms

## Why

\`\`\`
answered 500
  a log line
\`\`\`

## Steps

| began | step | seconds | outcome | seen | log |
|---|---|---:|---|---|---|
| 03:02:00 | parcel-rollout-open | 1.50 | done |  | [log](parcel-rollout-open.log) |
| 03:02:01 | parcel-activation | 1.50 | done |  | [log](parcel-activation.log) |
| 03:02:02 | parcel-smoke-decision | 1.50 | done |  | [log](parcel-smoke-decision.log) |
| 03:02:03 | parcel-smoke-gate | 1.50 | failed | v2 was taken back: v1 serves. | [log](parcel-smoke-gate.log) |
`);
});

test("what a check saw cannot break the table", () => {
  const receipt = { verdict: "warn", seen: "a | b\nsecond line" };
  expect(pageOf(rollout("1-a", "v1", [["parcel-x", { receipt }]]))).toContain("| warn | a \\| b | [log]");
});

test("downtime that nobody measured is not told", () => {
  expect(downtimeInWords({})).toBeUndefined();
});

test("what a check has kept is linked", () => {
  const receipt = {
    verdict: "pass",
    seen: "two pages",
    files: ["files/parcel-page/a b.png", "files/parcel-page/c.png"],
  };
  expect(pageOf(rollout("1-a", "v1", [["parcel-page", { receipt }]]))).toContain(
    "| [log](parcel-page.log) [a b.png](files/parcel-page/a%20b.png) [c.png](files/parcel-page/c.png) |",
  );
});

test("gates are shown with every answer, and with who has waived what", () => {
  const waiver = { reason: "the carrier | is down", by: "Mira Okafor" };
  const gate: Gate = {
    ...{ step: "parcel-smoke-gate", release: "v1", rollout: "1-a", at: "2026-01-02T03:02:00.000Z", decision: "no" },
    checks: [
      { name: "drift", verdict: "fail", seen: "302", blocks: true, noGo: true },
      { name: "page", verdict: "fail", seen: "500", blocks: true },
      { name: "upload", verdict: "fail", seen: "507", blocks: false, waiver },
      { name: "health", verdict: "pass", seen: "well", blocks: false },
    ],
  };
  expect(pageOf(takenBack("1-a", "v1", "none"), [gate])).toContain(`
## Gate parcel-smoke-gate: no go

| check | answer | blocks | seen |
|---|---|---|---|
| drift | fail | yes, always | 302 |
| page | fail | yes | 500 |
| upload | fail | waived by Mira Okafor: the carrier \\| is down | 507 |
| health | pass |  | well |
`);
});
