import { expect, test } from "vitest";
import { Display } from "../../engine/display.ts";
import { stepMetadata } from "../../engine/events.ts";

const urn = "urn:pulumi:dev::case::command:local:Command::a";
const state = (create: string) => ({ urn, custom: true, type: "command:local:Command", id: "a1", inputs: { create } });
const diff = { changed: true, changedKeys: ["create"], replaceKeys: [], detailed: null };

function show(isDiff: boolean, planning: boolean): string {
  let text = "";
  const display = new Display(
    { title: "Previewing update", stack: "dev", project: "case", diff: isDiff },
    (part) => (text += part),
  );
  const metadata = stepMetadata({ op: "update", old: state("old"), next: state("new"), diff });
  const plan = planning && { planning: true as const };
  display.event({ resourcePreEvent: { metadata, ...plan } });
  display.event({ diagnosticEvent: { urn, message: "a line\n", color: "never", severity: "info", ephemeral: true } });
  display.event({ resOutputsEvent: { metadata, ...plan } });
  display.event({
    diagnosticEvent: { urn, prefix: "error: ", message: "bad\nreally\n", color: "never", severity: "error" },
  });
  display.event({
    summaryEvent: {
      maybeCorrupt: false,
      durationSeconds: 1,
      resourceChanges: { update: 1, same: 2 },
      PolicyPacks: {},
      isPreview: planning,
      result: "failed",
    },
  });
  return text;
}

test("a preview names the changed properties in one line per step", () => {
  expect(show(false, true)).toBe(`Previewing update (dev) (embedded engine):

 ~  command:local:Command a update [diff: ~create]
    command:local:Command a: a line

Diagnostics:
  command:local:Command (a):
    error: bad
    really

Resources:
    ~ 1 to update
    2 unchanged

`);
});

test("an update tells when a step starts and when it is done", () => {
  expect(show(false, false)).toMatch(
    / ~ {2}command:local:Command a updating \(0s\) \[diff: ~create\]\n.*\n ~ {2}command:local:Command a updated \(\d\.\d\ds\) \[diff: ~create\]\n/,
  );
});

test("--diff shows the properties", () => {
  expect(show(true, true)).toContain(`    ~ command:local:Command: (update)
        [urn=${urn}]
      ~ create: "old" => "new"
`);
});
