import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Refusal } from "../actions/action.ts";
import { keepBeating } from "./heartbeat.ts";
import { renew } from "./lease.ts";
import { touch } from "./record.ts";
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
  // A migration may keep its own process too busy to say that it is at work.
  const stop = keepBeating(() => {
    renew(spec.store, surroundings.rollout);
    touch(spec.store, spec.step, surroundings.rollout);
  });
  createInterface({ input: child.stderr }).on("line", tell);
  let receipt = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (receipt += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once("error", reject).once("close", (...ended) => {
      resolve(ended);
    });
  }).finally(stop);
  if (signal !== null) throw new Refusal(`${spec.step}: its process was ended from outside (${signal})`);
  // What went wrong has been told already.
  if (code !== 0) throw new Refusal("");
  return receipt;
}
