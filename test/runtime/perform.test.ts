/** What happens around an action: the ledger, the lease, secrets, limits, and what is done after a failure. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAttempt } from "../../actions/rollout/attempt.ts";
import { expect, test } from "vitest";
import { type Lease, readLease } from "../../runtime/lease.ts";
import { inStore } from "../../release/store.ts";
import { verify } from "../../runtime/ledger.ts";
import { makeProject, until } from "../support/context.ts";
import { ledgerOf, logOf, runStep, startStep } from "../support/step.ts";

const entry = { rollout: "2-abcdef", release: "v1", step: "step" };
const logged = "\n  log: store/evidence/2-abcdef/step.log\n";

test("a step that is done is in the ledger, holds the lease, and is not done twice", async () => {
  const project = makeProject({ once: `async () => { appendFileSync("did", "x"); return { id: 1 }; }` });
  const first = await runStep(project, { action: "./once" });
  expect(await runStep(project, { action: "./once" })).toEqual(first);
  expect(readFileSync(join(project, "did"), "utf8")).toBe("x");
  expect(ledgerOf(project)).toEqual([{ number: 1, kind: "step", ...entry, receipt: { id: 1 } }]);
  expect(readLease(join(project, "store"))?.rollout).toBe("2-abcdef");
  expect(logOf(project)).toEqual(["already done in this rollout: its receipt is given again"]);
});

test("another rollout, other arguments or another proof do it again", async () => {
  const project = makeProject({ once: `async () => { appendFileSync("did", "x"); return {}; }` });
  const spec = { action: "./once", last: true };
  await runStep(project, spec);
  await runStep(project, spec, { rollout: "3-bcdefa" });
  await runStep(project, { ...spec, args: { a: 1 } }, { rollout: "3-bcdefa" });
  await runStep(project, { ...spec, args: { a: 1 } }, { rollout: "3-bcdefa", needs: { A: 1 } });
  expect(readFileSync(join(project, "did"), "utf8")).toBe("xxxx");
  expect(verify(join(project, "store", "ledger.jsonl"))).toEqual([]);
}, 15_000);

test("a step of another rollout is refused while the lease is held; the last step gives it back", async () => {
  const project = makeProject({ fine: `async () => ({})` });
  await runStep(project, { action: "./fine", step: "one" });
  const refused = await runStep(project, { action: "./fine" }, { rollout: "3-bcdefa" });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^the environment is being changed: rollout 2-abcdef \(v1\) by /);
  await runStep(project, { action: "./fine", step: "two", last: true });
  const path = inStore.lease(join(project, "store"));
  const freed = JSON.parse(readFileSync(path, "utf8")) as Lease;
  // Killed before it could give it back, it does so when its receipt is asked for again.
  writeFileSync(path, JSON.stringify({ ...freed, rollout: "2-abcdef" }));
  await runStep(project, { action: "./fine", step: "two", last: true });
  expect(readLease(join(project, "store"))?.rollout).toBe("");
  expect((await runStep(project, { action: "./fine" }, { rollout: "3-bcdefa" })).code).toBe(0);
}, 15_000);

test("after a failure everything on its list is done in order, whatever fails of it, and the lease is free", async () => {
  const project = makeProject({
    fail: `() => { throw new Refusal("no space left"); }`,
    tidy: `async ({ word }, context) => { context.tell("tidy " + word); if (word === "two") throw new Error("stuck"); }`,
  });
  const onFailure = ["one", "two", "three"].map((word) => ({ action: "./tidy", args: { word } }));
  expect(await runStep(project, { action: "./fail", onFailure })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: `tidy one\ntidy two\n./tidy did not work either: stuck\ntidy three\nno space left${logged}`,
  });
  expect(ledgerOf(project)).toEqual([{ number: 1, kind: "failure", ...entry, message: "no space left" }]);
  expect(readLease(join(project, "store"))?.rollout).toBe("");
});

test("a step that failed runs again; its list is not touched when it succeeds", async () => {
  const project = makeProject({
    twice: `async () => { if (!existsSync("tried")) { writeFileSync("tried", ""); throw new Refusal("not yet"); } return { ok: true }; }`,
    tidy: `async () => { appendFileSync("tidied", "x"); }`,
  });
  const spec = { action: "./twice", onFailure: [{ action: "./tidy", args: {} }] };
  expect((await runStep(project, spec)).stderr).toBe(`not yet${logged}`);
  expect(await runStep(project, spec)).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: "" });
  expect(readFileSync(join(project, "tidied"), "utf8")).toBe("x");
});

test("its limit ends the tree of programs below a step, and programs that tidy up still run", async () => {
  const stubborn = `process.on("SIGTERM", () => {}); require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)`;
  const project = makeProject({
    hang: `(_, context) => context.exec([process.execPath, "-e", ${JSON.stringify(stubborn)}], { cwd: "." })`,
    tidy: `async (_, context) => { context.tell(await context.exec(["echo", "tidied up"], { cwd: "." })); }`,
  });
  const spec = { action: "./hang", onFailure: [{ action: "./tidy", args: {} }] };
  const { code, stderr } = await runStep(project, spec, { timeoutSeconds: 1 });
  expect([code, stderr]).toEqual([1, `tidied up\ntook longer than its limit of 1 s and was ended${logged}`]);
  const pid = readFileSync(join(project, "pid"), "utf8");
  await until("the end of the program", () => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").includes(" Z ");
    } catch {
      return true;
    }
  });
}, 15_000);

const secret = 'ca"nary/7';

test("a secret is in nothing that a step writes", async () => {
  const forms = `[s, JSON.stringify(s), encodeURIComponent(s), btoa(s), Buffer.from(s).toString("hex")].join(" ")`;
  const project = makeProject({
    leak: `async ({ fails }, context) => {
      const s = context.secret("PASSWORD");
      context.tell(${forms}); context.log(${forms});
      await context.exec(["echo", s], { cwd: "." });
      if (fails) throw new Error(${forms});
      return { [s]: ${forms}, list: [{ s }] };
    }`,
  });
  const secrets = { PASSWORD: secret };
  const five = '[secret] "[secret]" [secret] [secret] [secret]';
  const done = await runStep(project, { action: "./leak", args: { fails: false } }, { secrets });
  expect([done.stderr, JSON.parse(done.stdout)]).toEqual([
    `${five}\n`,
    { "[secret]": five, list: [{ s: "[secret]" }] },
  ]);
  const failed = await runStep(project, { action: "./leak", args: { fails: true }, step: "other" }, { secrets });
  expect(failed.stderr).toBe(`${five}\n${five}\n  log: store/evidence/2-abcdef/other.log\n`);
  const store = join(project, "store");
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
  const all = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), btoa(secret)];
  expect(texts.length).toBeGreaterThan(4);
  expect(all.filter((form) => texts.some((text) => text.includes(form)))).toEqual([]);
});

test("a number in a receipt that holds the digits of a secret stays a number", async () => {
  const project = makeProject({ count: `async () => ({ bytes: 412345, on: true, none: null })` });
  const { code, stdout } = await runStep(project, { action: "./count" }, { secrets: { PIN: "1234", WORD: "true" } });
  expect([code, stdout]).toEqual([0, '{"bytes":412345,"on":true,"none":null}\n']);
});

test("a secret that the step was not given is refused by its name", async () => {
  const project = makeProject({ ask: `async (_, context) => context.secret("TOKEN")` });
  expect((await runStep(project, { action: "./ask" })).stderr).toBe(`step: was not given the secret TOKEN${logged}`);
});

test("an action carries out others, with its own needs or those it gives", async () => {
  const project = makeProject({
    outer: `async (_, context) => [await context.call({ action: "./inner", args: 1 }), await context.call({ action: "./inner", args: 2 }, { B: 2 })]`,
    inner: `async (args, context) => ({ args, needs: context.needs })`,
  });
  const { stdout } = await runStep(project, { action: "./outer" }, { needs: { A: 1 } });
  expect(JSON.parse(stdout)).toEqual([
    { args: 1, needs: { A: 1 } },
    { args: 2, needs: { B: 2 } },
  ]);
});

test("an action without a result has an empty receipt", async () => {
  const project = makeProject({ nothing: `async () => undefined` });
  expect((await runStep(project, { action: "./nothing" })).stdout).toBe("{}\n");
});

test("a rollout that may not open leaves no trace of an attempt", async () => {
  const slow = makeProject({
    slow: `async () => { writeFileSync("at-work", ""); await new Promise((end) => setTimeout(end, 60_000)); }`,
  });
  const child = startStep(slow, { action: "./slow" }, { timeoutSeconds: 100 });
  await until("the step to be at work", () => readdirSync(slow).includes("at-work"));
  const none = { after: "none", rollbackFrom: "none", again: "none", restore: "none", leaveStore: "none" };
  const args = { commit: "c", configuration: "d", ...none };
  const opening = { action: "actions/rollout/open", step: "open", args, opens: true, release: "v2" };
  const { code, stderr } = await runStep(slow, opening, { rollout: "" });
  expect([code, stderr.startsWith("the environment is being changed: rollout 2-abcdef (v1)")]).toEqual([1, true]);
  expect(readdirSync(join(slow, "store")).includes("attempt.json")).toBe(false);
  child.kill("SIGKILL");
  await until("its end", () => child.signalCode !== null);
  const opened = await runStep(slow, opening, { rollout: "" });
  expect(opened.code).toBe(0);
  const { id } = JSON.parse(opened.stdout) as { id: string };
  expect(readAttempt(join(slow, "store"))).toEqual({ id, release: "v2" });
}, 15_000);
