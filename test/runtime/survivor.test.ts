/** Steps that must not be cut in half go on when whoever started them is killed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeProject, temporaryFolder, until } from "../support/context.ts";
import { endOf, ledgerOf, runStep, startStep } from "../support/step.ts";

/** At work until it finds the file `go`. */
const patient = `async (_, context) => {
  writeFileSync("pid", String(process.pid));
  appendFileSync("did", "x");
  while (!existsSync("go")) { context.tell("waiting"); await new Promise((end) => setTimeout(end, 20)); }
  return { saw: context.secret("PASSWORD").length, needs: context.needs };
}`;
const spec = { action: "./patient", survives: true };
const around = { secrets: { PASSWORD: "pw-of-mine" }, needs: { A: 1 } };

test("a survivor runs in a process of its own, and its receipt and words come through", async () => {
  const project = makeProject({ patient });
  writeFileSync(join(project, "go"), "");
  const child = startStep(project, spec, around);
  expect(await endOf(child)).toEqual({ code: 0, stdout: '{"saw":10,"needs":{"A":1}}\n', stderr: "" });
  expect(Number(readFileSync(join(project, "pid"), "utf8"))).not.toBe(child.pid);
});

test("its failure is told once, with exit code 1", async () => {
  const project = makeProject({
    fail: `async (_, context) => { context.tell("trying"); throw new Refusal("no way\\nat all"); }`,
  });
  expect(await runStep(project, { action: "./fail", survives: true })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "trying\nno way\nat all\n  log: store/evidence/2-abcdef/step.log\n",
  });
});

test("killed with -9, it goes on; the next run waits for it, gets its receipt, and nothing is done twice", async () => {
  const project = makeProject({ patient });
  onTestFinished(() => {
    writeFileSync(join(project, "go"), "");
  });
  const killed = startStep(project, spec, around);
  const end = endOf(killed);
  await until("the survivor", () => existsSync(join(project, "pid")));
  killed.kill("SIGKILL");
  expect((await end).code).toBeNull();
  const next = startStep(project, spec, around);
  const ended = endOf(next);
  await until("the waiting", () =>
    readFileSync(join(project, "store/evidence/2-abcdef/step.log"), "utf8").includes(
      "waiting for an earlier run of this step by",
    ),
  );
  expect(ledgerOf(project)).toEqual([]);
  writeFileSync(join(project, "go"), "");
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([0, '{"saw":10,"needs":{"A":1}}\n']);
  expect(stderr).toMatch(/^waiting for an earlier run of this step by \S+ \(pid \d+\)\n$/);
  expect(readFileSync(join(project, "did"), "utf8")).toBe("x");
  expect(ledgerOf(project)).toEqual([
    {
      ...{ number: 1, kind: "step", rollout: "2-abcdef", release: "v1", step: "step" },
      receipt: { saw: 10, needs: { A: 1 } },
    },
  ]);
}, 15_000);

test("a survivor that was killed itself is not waited for: the step is done again", async () => {
  const project = makeProject({ patient });
  const first = startStep(project, spec, around);
  const end = endOf(first);
  await until("the survivor", () => existsSync(join(project, "did")));
  process.kill(Number(readFileSync(join(project, "pid"), "utf8")), "SIGKILL");
  const { code, stderr } = await end;
  expect([code, stderr.split("\n").at(-2)]).toEqual([1, "step: its process was ended from outside (SIGKILL)"]);
  writeFileSync(join(project, "go"), "");
  expect(await runStep(project, spec, around)).toEqual({ code: 0, stdout: '{"saw":10,"needs":{"A":1}}\n', stderr: "" });
  expect(readFileSync(join(project, "did"), "utf8")).toBe("xx");
}, 15_000);

test("one whose project is removed while it works comes to its end all the same", async () => {
  const elsewhere = temporaryFolder();
  const go = JSON.stringify(join(elsewhere, "go"));
  const project = makeProject({
    quiet: `async () => { writeFileSync("did", ""); while (!existsSync(${go})) await new Promise((end) => setTimeout(end, 20)); }`,
  });
  const child = startStep(project, { action: "./quiet", survives: true, store: ".switchback/store" }, around);
  const end = endOf(child);
  await until("the survivor", () => existsSync(join(project, "did")));
  rmSync(project, { recursive: true });
  writeFileSync(join(elsewhere, "go"), "");
  expect(typeof (await end).code).toBe("number");
}, 15_000);
