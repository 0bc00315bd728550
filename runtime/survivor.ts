import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Refusal } from "../actions/action.ts";
import type { Spec, Surroundings } from "./spec.ts";

/**
 * Runs a step in a process of its own that outlives this one: cancelling the engine kills its children at once, and some
 * things must not be cut in half. Returns the receipt.
 */
export async function runSurvivor(
  spec: Spec,
  surroundings: Surroundings,
  tell: (line: string) => void,
): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./step.mjs", import.meta.url)), "--survivor"], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify({ spec, surroundings }));
  createInterface({ input: child.stderr }).on("line", tell);
  let receipt = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (receipt += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject).once("close", (...ended) => {
      resolve(ended);
    });
  });
  if (signal !== null) throw new Refusal(`${spec.step}: its process was ended from outside (${signal})`);
  // What went wrong has been told already.
  if (code !== 0) throw new Refusal("");
  return receipt;
}
