// An update as people watch it: a line a step, with its own words, and nothing of the engine's.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { Progress } from "../../cli/progress.ts";
import { begins, ends, fails, pipeline, says } from "./events.ts";

function shown(live: boolean, ...events: Parameters<Progress["see"]>[0][]): string {
  let text = "";
  const progress = new Progress(live, (more) => (text += more));
  for (const event of events) progress.see(event);
  progress.close();
  return stripVTControlCharacters(text);
}

test("a step is one line when it ends, its further words under it", () => {
  const text = shown(
    false,
    pipeline,
    begins("parcel-build"),
    says("built abc\n", { name: "parcel-build" }),
    says("and more\n", { name: "parcel-build", severity: "info#err" }),
    says("debug noise", { name: "parcel-build", severity: "debug" }),
    ends("parcel-build"),
  );
  expect(text).toBe(
    `  ✓ build                  0.0 s  built abc\n${" ".repeat(33)}and more\n`.replace("  0.0", " 0.0"),
  );
});

test.each([
  [{ verdict: "pass", seen: "fine" }, "✓", "fine"],
  [{ verdict: "warn", seen: "slow" }, "!", "slow"],
  [{ verdict: "fail", seen: "401" }, "✗", "401"],
  [{ verdict: "unknown", seen: "no route" }, "?", "no route"],
  [{ reverted: true }, "✗", ""],
  [{ decision: "reverted" }, "✗", ""],
  [{ decision: "stays" }, "✗", ""],
  [{ decision: "go" }, "✓", ""],
])("a receipt %j is marked %s", (receipt, mark, words) => {
  const text = shown(false, pipeline, begins("parcel-smoke-login"), ends("parcel-smoke-login", receipt));
  expect(text).toBe(`  ${mark} smoke login           0.0 s  ${words}`.trimEnd() + "\n");
});

test("a step that fails keeps its words for the end", () => {
  const text = shown(
    false,
    pipeline,
    begins("parcel-gate"),
    says("was taken back", { name: "parcel-gate" }),
    fails("parcel-gate"),
  );
  expect(text).toBe("  ✗ gate                  0.0 s\n");
});

test("what runs nothing is not shown", () => {
  expect(shown(false, pipeline, begins("parcel-build", { op: "same" }), ends("parcel-other"))).toBe("");
});

test("a terminal sees what is under way, and its last words", () => {
  const text = shown(
    true,
    pipeline,
    begins("parcel-build"),
    says("exporting", { name: "parcel-build" }),
    begins("parcel-test"),
  );
  expect(text).toContain("… build 0.0 s: exporting, test 0.0 s");
});
