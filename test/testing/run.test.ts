/** Proves that a command is run to its end, with what it printed and what its steps did. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../testing/run.ts";
import { Script } from "../../testing/script.ts";

test("exit code, everything printed, and only the uses of this run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchback-run-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const script = new Script(folder);
  const use = { step: "a", action: "actions/a", rollout: "1-a", own: true };
  script.note({ ...use, step: "earlier", how: "began" });
  const noting = [
    { ...use, how: "began" },
    { ...use, how: "ended" },
    { ...use, step: "gate", own: false, how: "answered" },
    { ...use, step: "b", how: "failed" },
  ].map((line) => JSON.stringify(line));
  const text = `printf '%s\\n' "$@" >> uses.jsonl; echo out; echo err >&2; exit 3`;
  const where = { cwd: folder, env: process.env, extendEnv: false } as const;
  const ended = await run("/bin/sh", ["-c", text, "sh", ...noting], where, script, /^$/);
  expect(ended).toMatchObject({ ok: false, exitCode: 3, text: "out\nerr", ran: ["a", "b"] });
  expect(ended.uses).toHaveLength(4);
});
