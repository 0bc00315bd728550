import { createInterface } from "node:readline/promises";
import { Problem } from "./problem.ts";

/** Errors: nobody is there to answer a question, and nobody has answered it already. */
export function wantSomebody(yes: boolean | undefined): void {
  if (!yes && (!process.stdin.isTTY || !process.stdout.isTTY)) {
    throw new Problem(
      "nobody is here to answer: this is no terminal. Nothing was changed. To go on without being asked: --yes",
      2,
    );
  }
}

/** Asks a question that only a yes answers. */
export async function agrees(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
