/** Readers of what lies in a store, over any bytes at all: they answer or refuse, and a ledger hides nothing. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
import { readMigrations } from "../../release/migrations.ts";
import { inStore } from "../../release/store.ts";
import { toMarkdown } from "../../report/markdown.ts";
import { makeReport } from "../../report/report.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { append, endOf, type Happening, readLedger, verify } from "../../runtime/ledger.ts";
import { formatReceipt } from "../../runtime/receipt.ts";
import { readSpec, readSurroundings } from "../../runtime/spec.ts";
import { temporaryFolder } from "../support/context.ts";
import { anything, damagedFrom } from "../support/damage.ts";
import { goodFiles, place } from "../support/good-files.ts";

const runs = { numRuns: 200, seed: 1 };

/** What a reader gives back; undefined where it refuses in one line. Anything else it throws fails the test. */
function answerOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.message).toMatch(/^[^\n]+$/);
    return undefined;
  }
}

test.each(goodFiles)("%s: read as it was written; damaged in any way it is read, or refused in one line", (...file) => {
  const [, pathIn, value, read] = file;
  const [store, good] = [temporaryFolder(), typeof value === "function" ? value() : value];
  place(pathIn(store), JSON.stringify(good));
  expect(read(store)).toBeDefined();
  fc.assert(
    fc.property(fc.oneof(anything(Object.keys(good)), damagedFrom(good)), (bytes) => {
      writeFileSync(pathIn(store), bytes);
      answerOf(() => read(store));
    }),
    runs,
  );
});

test("the entries of a ledger are read, whatever is there", () => {
  const path = inStore.ledger(temporaryFolder());
  fc.assert(
    fc.property(anything("number at kind rollout release step receipt previous digest".split(" ")), (bytes) => {
      writeFileSync(path, bytes);
      answerOf(() => rolloutsOf(readLedger(path)));
    }),
    runs,
  );
});

const happening = (step: string, receipt: unknown): Happening => ({
  ...{ kind: "step", rollout: "2-abc", release: "v1", step, action: "./action", fencing: 7 },
  ...{ began: "2026-01-01T00:00:00.000Z", seconds: 1.5, by: "me@here (pid 1)", receipt },
});

test("every byte of a ledger that was changed, put in or taken out is found", () => {
  const path = join(temporaryFolder(), "ledger.jsonl");
  append(path, happening("one", { id: "é\ufffd", text: "a b" }));
  append(path, happening("two", [1, -0, 1e30, null, true]));
  append(path, happening("three", "\u2028"));
  const good = readFileSync(path);
  const witness = { who: "web-1", ...endOf(path) };
  expect(verify(path, [witness])).toEqual([]);
  const change = fc.record({
    at: fc.nat(good.length - 1),
    takes: fc.nat(3),
    puts: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom("\n", "\r", " ", "\n\n", "\t").map((text) => Buffer.from(text)),
    ),
  });
  fc.assert(
    fc.property(change, ({ at, takes, puts }) => {
      const bad = Buffer.concat([good.subarray(0, at), puts, good.subarray(at + takes)]);
      fc.pre(!bad.equals(good));
      writeFileSync(path, bad);
      const wrong = verify(path, [witness]);
      expect(wrong).not.toEqual([]);
      for (const line of wrong) expect(line).toMatch(/^\S+ledger\.jsonl[^\n]*$/);
      expect(() => rolloutsOf(readLedger(path))).not.toThrow();
    }),
    { ...runs, numRuns: 1000 },
  );
});

test.each<[string, (text: string) => string, string[]]>([
  ["lines of Windows", (text) => text.replaceAll("\n", "\r\n"), [":1: was changed after", ":2: was changed after"]],
  [
    "an empty line",
    (text) => text.replace("\n", "\n\n"),
    [":2: not an entry", ":3: entry 2 stands where entry 3 belongs"],
  ],
  ["spaces", (text) => text.replace('"kind":', '"kind": '), [":1: was changed after it was written"]],
  ["a field twice", (text) => text.replace("{", '{"number":9,'), [":1: was changed after it was written"]],
  ["no end of the last line", (text) => text.trimEnd(), [": its last line was cut off"]],
  ["an object that is no entry", (text) => `${text}{}\n`, [":3: not an entry"]],
  ["a line of 10 MB", (text) => `${text}${"x".repeat(10_000_000)}\n`, [":3: not an entry"]],
  ["a mark of byte order", (text) => `\ufeff${text}`, [":1: not an entry", ":2: does not follow the entry before it"]],
])("a ledger with %s is found to be damaged, and goes on", (_, damage, wrong) => {
  const path = join(temporaryFolder(), "ledger.jsonl");
  for (const step of ["one", "two"]) append(path, happening(step, {}));
  writeFileSync(path, damage(readFileSync(path, "utf8")));
  expect(verify(path)).toEqual(wrong.map((line) => expect.stringContaining(path + line) as string));
  append(path, happening("three", {}));
  const { number = 0, step } = readLedger(path).at(-1) ?? {};
  expect([Number.isInteger(number), step, endOf(path).entry]).toEqual([true, "three", number]);
});

test("binary garbage is a ledger of nothing", () => {
  const path = join(temporaryFolder(), "ledger.jsonl");
  writeFileSync(path, Buffer.from([0xff, 0xfe, 0, 10, 0xc3]));
  expect([readLedger(path), endOf(path)]).toEqual([[], { entry: 0, digest: "" }]);
  expect(verify(path)).toEqual([
    `${path}: holds bytes that are no text`,
    ...[`${path}:1: not an entry`, `${path}:2: not an entry`, `${path}: its last line was cut off`],
  ]);
});

test("a receipt is one line of JSON that says the same, or is refused for its size", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, long) => {
      const receipt = long ? { value, pad: "\u0000".repeat(2000) } : { value };
      const line = answerOf(() => formatReceipt(receipt, "step"));
      expect(typeof line).toBe(long ? "undefined" : "string");
      if (typeof line !== "string") return;
      expect(line).not.toContain("\n");
      expect(JSON.stringify(JSON.parse(line))).toBe(line);
    }),
    runs,
  );
});

test("a report is made of any receipts", () => {
  const key = fc.constantFrom(
    ...[
      "verdict",
      "seen",
      "decision",
      "serving",
      "why",
      "downtime",
      "id",
      "digest",
      "schema",
      "artifact",
      "by",
      "commit",
    ],
  );
  const receipt = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue()));
  const path = join(temporaryFolder(), "ledger.jsonl");
  append(path, happening("one", {}));
  const [entry] = readLedger(path);
  fc.assert(
    fc.property(fc.array(receipt, { minLength: 1, maxLength: 4 }), (receipts) => {
      const entries = receipts.flatMap((one) => (entry ? [{ ...entry, receipt: one }] : []));
      const [rollout] = rolloutsOf(entries);
      if (!rollout) throw new Error("there is a rollout");
      const report = makeReport({ environment: "staging", rollout, earlier: [], logOf: () => undefined, gates: [] });
      expect(toMarkdown(report)).toMatch(/^# v1 to staging: /);
    }),
    runs,
  );
});

test("a specification and its surroundings are read, or refused in one line", () => {
  const named = fc.constantFrom(
    "SWITCHBACK_ROLLOUT",
    "SWITCHBACK_TIMEOUT_SECONDS",
    "SWITCHBACK_NEEDS_A",
    "PULUMI_COMMAND_STDOUT",
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string()),
      fc.dictionary(named, fc.oneof(fc.json(), fc.string())),
      (text, environment) => {
        answerOf(() => readSpec(text));
        answerOf(() => readSurroundings(environment));
      },
    ),
    runs,
  );
});

test("migrations of any names and texts are read, or what is wrong is said of a file", () => {
  const name = fc.oneof(fc.string(), fc.stringMatching(/^migrations\/000[1-3]_[a-z]{1,3}\.(up|down)\.sql$/));
  const header = fc.constantFrom(
    "-- change: expand\n",
    "-- change: contract\r\n",
    "-- way back: reversible\n",
    "-- way back: x\n",
  );
  const script = fc.tuple(fc.array(header), fc.string()).map(([lines, rest]) => lines.join("") + rest);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, script), { maxLength: 5 }), (files) => {
      const { migrations, wrong } = readMigrations(new Map(files));
      for (const { revision, change, wayBack } of migrations)
        expect([revision, change, wayBack].join(" ")).toMatch(/^\d{4} \w+ \w+$/);
      for (const line of wrong) expect(files.some(([file]) => line.startsWith(`${file}: `))).toBe(true);
    }),
    runs,
  );
});
