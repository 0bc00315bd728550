// What an entry costs in a ledger that has become long, and what verifying it costs. Both must not grow faster than the
// ledger: appending reads its end only, verifying reads every entry once.
//   node bench/ledger.ts [ENTRIES]
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { append, endOf, type Happening, verify } from "../runtime/ledger.ts";
import { median } from "./timing.ts";

const longest = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), "switchback-ledger-"));
const ledger = join(folder, "ledger.jsonl");
const happening: Happening = {
  ...{
    kind: "step",
    rollout: "12-abcdef",
    release: "v1.2.0",
    step: "parcel-smoke-login",
    action: "actions/checks/login",
  },
  ...{ fencing: 1_790_000_000, began: new Date(0).toISOString(), seconds: 0.7, by: "deploy@web-1 (pid 4711)" },
  receipt: { verdict: "pass", seen: "smoke@parcel.test logged in, saw /orders and logged out", from: "web-1" },
};

/** Entries as `append` writes them, without a sync to the disk for each. */
function grow(to: number): void {
  let { entry: number, digest: previous } = endOf(ledger);
  const lines: string[] = [];
  while (number < to) {
    number++;
    const entry = { number, at: new Date(number).toISOString(), ...happening, previous };
    previous = createHash("sha256").update(JSON.stringify(entry)).digest("hex");
    lines.push(`${JSON.stringify({ ...entry, digest: previous })}\n`);
  }
  appendFileSync(ledger, lines.join(""));
}

function milliseconds(act: () => void): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  append(ledger, happening);
  for (const entries of [100, 10_000, 100_000].filter((size) => size <= longest)) {
    grow(entries);
    const appending = median(
      Array.from({ length: 50 }, () =>
        milliseconds(() => {
          append(ledger, happening);
        }),
      ),
    );
    const { entry } = endOf(ledger);
    const verifying = milliseconds(() => {
      if (verify(ledger).length > 0) throw new Error("the ledger does not hold");
    });
    say(
      `${entry} entries: append ${appending.toFixed(2)} ms, verify ${verifying.toFixed(0)} ms (${((verifying * 1000) / entry).toFixed(1)} µs an entry)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
