// The program of every step: a specification on standard input, a receipt on standard output, words for people on
// standard error. It loads as little as it can, because a pipeline starts it some twenty times.
import { readFileSync } from "node:fs";
import { Refusal } from "../actions/action.ts";
import { perform } from "./perform.ts";
import { clipLines, formatReceipt } from "./receipt.ts";
import { readSpec, readSurroundings, type Spec, type Surroundings } from "./spec.ts";
import { runSurvivor } from "./survivor.ts";

// A survivor goes on when nobody listens any more.
process.stderr.on("error", () => undefined);
process.stdout.on("error", () => undefined);

const tell = (text: string): void => void process.stderr.write(`${clipLines(text)}\n`);

async function main(): Promise<void> {
  const input = readFileSync(0, "utf8");
  if (process.argv.includes("--survivor")) {
    const { spec, surroundings } = JSON.parse(input) as { spec: Spec; surroundings: Surroundings };
    process.stdout.write(formatReceipt(await perform(spec, surroundings, tell), spec.step));
    return;
  }
  const spec = readSpec(input);
  const surroundings = readSurroundings(process.env, spec);
  const receipt = spec.survives
    ? await runSurvivor(spec, surroundings, tell)
    : formatReceipt(await perform(spec, surroundings, tell), spec.step);
  process.stdout.write(`${receipt}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = inWords(error);
    if (message !== "") tell(message);
    process.exit(1);
  },
);

/** A fault of the person or the surroundings (a disk that is full) needs no stack trace; one of ours does. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Refusal || "syscall" in error ? error.message : (error.stack ?? error.message);
}
