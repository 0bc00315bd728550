// The last lines people see: what became of it, and what to do next.
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Outcome, showOutcome } from "../../cli/outcome.ts";

const outcome: Outcome = {
  ...{
    ok: true,
    asked: "v2",
    serving: "v2",
    address: "http://a",
    rollout: "2-b",
    ran: true,
    seconds: 9.84,
    failure: "",
    next: "",
  },
  wayBack: { how: "code of v1, then migration 0002 down", command: "switchback rollback v1" },
  downtime: "0 of 71 requests failed, longest gap 22 ms",
  report: "store/report.md",
};

beforeEach(() => {
  // Whoever runs the tests may have typed npx.
  vi.stubEnv("npm_command", undefined);
  vi.stubEnv("npm_lifecycle_event", undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function shown({ measured = true, ...given }: Partial<Outcome> & { measured?: boolean }): string {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((more) => {
    text += String(more);
    return true;
  });
  const { downtime, report, ...rest } = outcome;
  showOutcome({ ...rest, ...(measured && downtime && report ? { downtime, report } : {}), ...given });
  return stripVTControlCharacters(text);
}

test("a release that serves", () => {
  expect(shown({})).toBe(`
✓ v2 serves at http://a (rollout 2-b, 9.8 s)
  way back  switchback rollback v1
            code of v1, then migration 0002 down
  downtime  0 of 71 requests failed, longest gap 22 ms
  report    store/report.md
`);
});

test("nothing to do", () => {
  expect(shown({ ran: false, measured: false }).split("\n")[1]).toBe(
    "✓ nothing to do: the state says that v2 serves at http://a (rollout 2-b)",
  );
});

test("a release that was taken back", () => {
  expect(shown({ ok: false, serving: "v1", failure: "v2 was taken back: v1 serves.\nWhy: 500\n", next: "mend v2" }))
    .toBe(`
✗ v2 was not released (rollout 2-b, 9.8 s)
  v2 was taken back: v1 serves.
  Why: 500
  downtime    0 of 71 requests failed, longest gap 22 ms
  report      store/report.md
  serves now  v1 at http://a
  next        mend v2
`);
});

test("nothing serves, and nobody said what to do next", () => {
  const text = shown({
    ok: false,
    serving: "none",
    rollout: "",
    failure: "no lease",
    measured: false,
  });
  expect(text).toBe(`
✗ v2 was not released (9.8 s)
  no lease
  serves now  nothing
  next        mend it, then: switchback up
`);
});
