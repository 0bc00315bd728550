import { expect, test } from "vitest";
import { display, previewJson, renderProperties } from "../../engine/display.ts";
import { stepMetadata } from "../../engine/events.ts";
import { secret, unknown } from "../../engine/property-value.ts";
import { EngineProject } from "../support/engine-project.ts";

const urn = "urn:pulumi:dev::case::command:local:Command::a";
const state = (create: string) => ({ urn, custom: true, type: "command:local:Command", id: "a1", inputs: { create } });
const diff = { changed: true, changedKeys: ["create"], replaceKeys: [], detailed: null };

function show(isDiff: boolean, planning: boolean): string {
  let text = "";
  const shown = display({ title: "Previewing update", stack: "dev", diff: isDiff }, (line) => (text += `${line}\n`));
  const metadata = stepMetadata({ op: "update", old: state("old"), next: state("new"), diff });
  const plan = planning && { planning: true as const };
  shown.event({ resourcePreEvent: { metadata, ...plan } });
  shown.event({ diagnosticEvent: { urn, message: "a line\n", color: "never", severity: "info", ephemeral: true } });
  shown.event({ resOutputsEvent: { metadata, ...plan } });
  shown.event({
    diagnosticEvent: { urn, prefix: "error: ", message: "bad\nreally\n", color: "never", severity: "error" },
  });
  shown.event({
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

 ~  command:local:Command a update [diff: create]
    command:local:Command a: a line

Diagnostics:
  command:local:Command a:
    error: bad
    really

Resources:
    ~ 1 to update
    2 unchanged

`);
});

test("an update tells when a step starts and when it is done", () => {
  expect(show(false, false)).toMatch(
    / ~ {2}command:local:Command a updating \[diff: create\]\n.*\n ~ {2}command:local:Command a updated \[diff: create\]\n/,
  );
});

test("--diff shows the properties", () => {
  expect(show(true, true)).toContain(`~ command:local:Command a: (update)
  ~ create: "old" => "new"
`);
});

const render = (
  olds: Parameters<typeof renderProperties>[0],
  news: Parameters<typeof renderProperties>[1],
  showSames = false,
) => renderProperties(olds, news, showSames).join("\n");

test("one side is shown whole, keys aligned", () => {
  expect(render(undefined, { b: [1, { c: true }], long: "x\ny", s: secret(1), u: unknown, e: {}, __d: 1 })).toBe(
    `    b   : [
        [0]: 1
        [1]: {
            c: true
        }
    ]
    e   : {}
    long: "x\\ny"
    s   : [secret]
    u   : [unknown]`,
  );
});

test("of two sides only what differs is shown, JSON text as what it stands for", () => {
  const stdin = (release: string): string => JSON.stringify({ release, nested: { a: [1] } });
  expect(
    render(
      { stdin: stdin("1"), same: 1, gone: 2, s: "a\nb" },
      { stdin: stdin("2"), same: 1, come: { n: [3] }, s: unknown },
    ),
  ).toBe(
    `  + come : {
      + n: [
          + [0]: 3
        ]
    }
  - gone : 2
  ~ s    : "a\\nb" => [unknown]
  ~ stdin: (json) {
      ~ release: "1" => "2"
    }`,
  );
  expect(render({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }, true)).toBe(
    "    a: 1\n  ~ b: {\n      ~ c: 2 => 3\n    }",
  );
});

test("a secret that changed is said to have", () => {
  expect(render({ a: secret("x"), b: 1 }, { a: secret("y"), b: 1 })).toBe("  ~ a: [secret] => [secret]");
});

test("preview --json shows a replacement as one step, and no secrets", () => {
  let text = "";
  const sink = previewJson((line) => (text += line));
  const old = { ...state("old"), delete: true, outputs: { token: secret("tok") } };
  const diff = {
    changed: true,
    changedKeys: ["create"],
    replaceKeys: [],
    detailed: { create: "update-replace" } as const,
  };
  sink.event({ preludeEvent: { config: { "case:key": "value" } } });
  for (const op of ["create-replacement", "replace", "delete-replaced"] as const)
    sink.event({ resourcePreEvent: { metadata: stepMetadata({ op, old, next: state("new"), diff }), planning: true } });
  const summary = { maybeCorrupt: false, durationSeconds: 1, resourceChanges: { replace: 1 }, PolicyPacks: {} };
  sink.event({ summaryEvent: { ...summary, isPreview: true, result: "succeeded" } });
  expect(JSON.parse(text)).toMatchObject({
    config: { "case:key": "value" },
    steps: [
      {
        op: "replace",
        oldState: { delete: true, outputs: { token: "[secret]" } },
        newState: { inputs: { create: "new" } },
        detailedDiff: { create: { kind: "update-replace", inputDiff: false } },
      },
    ],
    changeSummary: { replace: 1 },
  });
});

test("preview --json prints the steps, the messages and the counts", async () => {
  const project = new EngineProject(`
    const a = step("a", { environment: { T: pulumi.secret("tok-CANARY") } });
    console.log("printed");
    step("b", { environment: { A: a.stdout } });
  `);
  const { code, stdout } = await project.pulumi("preview", "--json");
  const printed = JSON.parse(stdout) as { steps: { op: string; newState: { urn: string; inputs?: object } }[] };
  expect(code).toBe(0);
  expect(printed).toMatchObject({
    diagnostics: [{ message: "printed", severity: "info" }],
    changeSummary: { create: 3 },
  });
  expect(printed.steps.map(({ op, newState }) => `${op} ${newState.urn.split("::").at(-1) ?? ""}`)).toEqual([
    "create case-dev",
    "create a",
    "create b",
  ]);
  expect(printed.steps[2]?.newState.inputs).toMatchObject({
    environment: { A: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
  });
  expect(stdout).not.toContain("tok-CANARY");
});
