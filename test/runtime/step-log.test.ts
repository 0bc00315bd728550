/** The log of a step. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openLog } from "../../runtime/step-log.ts";
import { redactor } from "../../runtime/redact.ts";
import { temporaryFolder } from "../support/context.ts";

const read = (path: string): string[] =>
  readFileSync(path, "utf8")
    .replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm, "TIME ")
    .split("\n");

test("lines are dated, kept and added to by the next run", () => {
  const store = temporaryFolder();
  const log = openLog(store, "2-abc", "build", (text) => text);
  log.line("one");
  openLog(store, "2-abc", "build", (text) => text).line("two");
  expect(log.path).toBe(`${store}/evidence/2-abc/build.log`);
  expect(read(log.path)).toEqual(["TIME one", "TIME two", ""]);
});

test("before a rollout has an id, its log is with the openings", () => {
  const store = temporaryFolder();
  expect(openLog(store, "", "open", (text) => text).path).toBe(`${store}/evidence/opening/open.log`);
});

test("secrets are taken out before a long line is cut, so that no half of one is left", () => {
  const log = openLog(temporaryFolder(), "2-abc", "build", redactor(["a-long-password"]));
  log.line(`${"x".repeat(1990)}a-long-password${"y".repeat(200)}`);
  expect(read(log.path)).toEqual([`TIME ${"x".repeat(1990)}[secret]yy ... (2198 characters)`, ""]);
});

test("a store that cannot be written to is refused with what to do", () => {
  const store = `${temporaryFolder()}/file`;
  writeFileSync(store, "");
  expect(() => openLog(store, "2-abc", "build", (text) => text)).toThrow(
    `the store ${store} cannot be used: ENOTDIR: not a directory, mkdir '${store}/evidence/2-abc'. Mend it, or name another one in switchback:environment.store`,
  );
});
