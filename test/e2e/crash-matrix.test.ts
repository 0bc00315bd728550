/** Proves cells of the crash matrix, some of each direction; `node scripts/crash-matrix.ts embedded` runs all of them. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CrashBed } from "../support/crash-bed.ts";
import { cellsOn, nameOf } from "../support/crash-cells.ts";
import { embedded } from "../support/engines.ts";

const wanted = [
  "forward: activation inside 1, everything",
  "revert: smoke-decision inside 2, everything",
  "rollback: activation at work, everything",
  "rollback: sign-off before, everything; then same from same copy",
  "rollback: sign-off at work, interrupt; then same from other copy",
];
const chosen = wanted.map((name) => cellsOn("embedded").find((cell) => nameOf(cell).startsWith(name)));

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
