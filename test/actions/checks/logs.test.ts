/** The check of the application's logs since the rollout began. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { logs } from "../../../actions/checks/logs.ts";
import { call } from "../../../components/call.ts";
import { inStore } from "../../../release/store.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const begin = "2026-11-21T20:00:00.000Z";
const now = (text: string): string => `2026-11-21T20:00:01Z ${text}\n`;
const before = (text: string): string => `2026-11-21T19:59:00Z ${text}\n`;

async function verdict(text: string, differing: object = {}, store = temporaryFolder()) {
  const directory = makeTarget({ "app.log": text });
  const args = { directory, files: ["current/app.log"], since: begin, ...differing };
  const { result, logged } = await act(logs, args, { store, rollout: "2-b" });
  return { answer: [result.verdict, result.seen.replace(directory, "HOST")], logged };
}
const ask = async (text: string, differing: object = {}, store?: string): Promise<string[]> =>
  (await verdict(text, differing, store)).answer;

test("a log without errors since then passes, whatever was before", async () => {
  expect(await ask(before("a.ERROR: old") + now("INFO fine"))).toEqual([
    ...["pass", `1 entry since ${begin} in current/app.log, none bad`],
  ]);
  expect(await ask("")).toEqual(["pass", `0 entries since ${begin} in current/app.log, none bad`]);
});

test("errors fail, the first is shown, and more are in the log", async () => {
  const { answer, logged } = await verdict(now("fine") + now("a.ERROR: one") + now("what") + "Stack trace:\n#0 x\n");
  expect(answer).toEqual([
    ...["fail", `3 entries since ${begin}, 2 bad, first current/app.log: 2026-11-21T20:00:01Z a.ERROR: one`],
  ]);
  expect(logged).toEqual(["current/app.log: 2026-11-21T20:00:01Z a.ERROR: one", "current/app.log: Stack trace:"]);
});

test("what is allowed passes with its trace; what is to be looked at is a warning", async () => {
  const text = `${now("a.ERROR: mail bounced")}Stack trace:\n#0\n`;
  expect((await ask(text, { allowed: ["mail bounced"] }))[0]).toBe("pass");
  expect(await ask(now("slow query"), { warn: ["slow"] })).toEqual([
    ...["warn", `1 entry since ${begin}, 1 to be looked at, first current/app.log: 2026-11-21T20:00:01Z slow query`],
  ]);
  expect((await ask(now("broken"), { patterns: ["broken"] }))[0]).toBe("fail");
});

const json = (level: string, message: string, facts: object = {}): string =>
  `${JSON.stringify({ time: "2026-11-21T20:00:01Z", level, message, ...facts })}\n`;

test("structured lines count by level and status, and a crash behind them by its words", async () => {
  const given = { format: "json" };
  expect((await ask(json("info", "fine", { status: 404 }), given))[0]).toBe("pass");
  expect((await ask(json("error", "no"), given))[0]).toBe("fail");
  expect((await ask(json("info", "GET /", { status: 500 }), given))[0]).toBe("fail");
  const allowed = { ...given, allowed: ["known"] };
  expect((await ask(json("error", "known"), allowed))[0]).toBe("pass");
  const crash = `${json("error", "known")}Uncaught TypeError: x\n    at a (file:///a.js:1:2)\n`;
  expect(await ask(crash, allowed)).toEqual([
    ...["fail", `1 entry since ${begin}, 1 bad, first current/app.log: Uncaught TypeError: x`],
  ]);
});

test("unless said otherwise, lines count since the rollout began; by age, those that are young enough", async () => {
  const store = temporaryFolder();
  const text = before("a.ERROR: old") + now("fine");
  expect(await ask(text, { since: undefined }, store)).toEqual([
    ...["unknown", "it is not known when the rollout began: say since when lines count"],
  ]);
  writeFileSync(inStore.ledger(store), `{"rollout":"2-b","began":"${begin}"}\n`);
  expect((await ask(text, { since: undefined }, store))[0]).toBe("pass");
  const young = `${new Date(Date.now() - 5000).toISOString()} a.ERROR: new\n`;
  expect((await ask(young, { since: 60 }))[0]).toBe("fail");
  expect((await ask(young, { since: 1 }))[0]).toBe("pass");
});

test("a file that is missing, and lines without times, cannot be judged", async () => {
  expect(await ask("", { files: ["current/none.log"] })).toEqual([
    ...["unknown", "HOST/current/none.log: there is no such file"],
  ]);
  expect(await ask("no time\n", { since: 60 })).toEqual([
    ...["unknown", "HOST/current/app.log: its lines bear no time that is known"],
  ]);
});

test("no file, no pattern, and allowing everything are refused", () => {
  expect(() => call(logs, { directory: "host", files: [], patterns: [], allowed: [".*"], since: "now" })).toThrow(
    /files\n[^]*at since\n[^]*at patterns\n✖ matches everything, even the empty text\n {2}→ at allowed\[0\]/,
  );
});
