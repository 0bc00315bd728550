/** Proves what the components promise that the crash matrix has no rows for, killed inside: watch, rehearsal, certification. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closingProgram } from "../support/closing-program.ts";
import { CrashBed } from "../support/crash-bed.ts";
import { type Cell, nameOf } from "../support/crash-cells.ts";
import { embedded } from "../support/engines.ts";

const cell = (step: string, when: Cell["when"], what: Cell["what"], next: Cell["next"]): Cell => ({
  ...{ direction: "forward", step, when, what, next, copy: "other" },
});
const cells = [
  cell("watch-plan", "before", "everything", "same"),
  cell("rehearsal-round-trip", { inside: 2 }, "everything", "same"),
  cell("rehearsal-round-trip", { inside: 2 }, "everything", "old"),
  cell("rehearsal-round-trip", { inside: 2 }, "engine", "same"),
  cell("certification-certificate", "at work", "everything", "same"),
];

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("cut off and taken up again (needs /proc)", () => {
  let bed: CrashBed;
  beforeAll(async () => {
    bed = await CrashBed.open(embedded, closingProgram("./"));
  });
  afterAll(async () => {
    await bed.remove();
  });

  test.for(cells.map((one) => ({ name: nameOf(one), one })))("$name", async ({ one }) => {
    expect(await bed.run(one)).toEqual({ happened: true, wrong: [] });
  });
});
