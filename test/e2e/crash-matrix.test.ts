/** Proves cells of the crash matrix, some of each direction; `node scripts/crash-matrix.ts embedded` runs all of them. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CrashBed } from "../support/crash-bed.ts";
import { cellsOn, nameOf } from "../support/crash-cells.ts";
import { engines } from "../support/engines.ts";

const wanted = {
  embedded: [
    "forward: activation inside 1, everything",
    "forward: activation after, everything",
    "forward: activation inside 3, everything",
    "forward: backup-take recorded, everything",
    "revert: smoke-decision inside 2, everything",
    "revert: activation after, everything",
    "rollback: activation at work, everything",
    "rollback: sign-off before, everything; then same from same copy",
    "rollback: sign-off at work, interrupt; then same from other copy",
  ],
  pulumi: [
    "forward: activation inside 2, everything",
    "forward: activation inside 4, everything",
    "revert: activation inside 2, provider",
    "rollback: activation inside 3, everything",
  ],
};

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat")).each(engines)(
  "cut off and taken up again on the $name engine (needs /proc)",
  (engine) => {
    const chosen = wanted[engine.name].map((name) =>
      cellsOn(engine.name).find((cell) => nameOf(cell).startsWith(name)),
    );
    let bed: CrashBed;
    beforeAll(async () => {
      bed = await CrashBed.open(engine);
    });
    afterAll(async () => {
      await bed.remove();
    });

    test.for(chosen.map((cell) => ({ name: cell ? nameOf(cell) : "no such cell", cell })))(
      "$name",
      async ({ cell }) => {
        if (!cell) throw new Error("there is no such cell");
        const { effects = 0, ...found } = await bed.run(cell);
        expect(found).toEqual({ happened: true, wrong: [] });
        expect(effects).toBeGreaterThan(0);
      },
    );
  },
);
