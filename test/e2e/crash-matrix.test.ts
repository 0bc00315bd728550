/** Proves cells of the crash matrix on every run, one of each kind; all of them are in docs/crash-matrix.md. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CrashBed } from "../support/crash-bed.ts";
import { cells, crashPage, nameOf } from "../support/crash-cells.ts";
import { embedded, repository } from "../support/engines.ts";

const page = readFileSync(join(repository, "docs/crash-matrix.md"), "utf8");

test("the page has a result for every cell, and all are well", () => {
  expect(page).not.toMatch(/[✗?]/);
  const shape = (text: string): string =>
    text.replaceAll(/ (✓ [soa]′?|–|\?) (?=\|)/g, " x ").replaceAll(/\d+ rollouts/g, "");
  expect(shape(page)).toBe(shape(crashPage(new Map())));
});

const wanted = [
  "forward: activation inside 1, everything",
  "forward: schema-before after, engine",
  "forward: smoke-login after, everything",
  "revert: smoke-decision inside 2, everything",
  "forward: backup-take inside 1, interrupt;",
  "rollback: schema-after inside 1, everything",
];
const chosen = wanted.map((name) => cells.find((cell) => nameOf(cell).startsWith(name)));

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("cut off and taken up again (needs /proc)", () => {
  let bed: CrashBed;
  beforeAll(async () => {
    bed = await CrashBed.open(embedded);
  });
  afterAll(async () => {
    await bed.remove();
  });

  test.for(chosen.map((cell) => ({ name: cell ? nameOf(cell) : "no such cell", cell })))("$name", async ({ cell }) => {
    expect(cell && (await bed.run(cell))).toEqual({ happened: true, wrong: [] });
  });
});
