import { dirname, join } from "node:path";
import { mkdirSync, writeFileSync } from "node:fs";
import { type Call, type Context, type Fencing, Refusal } from "../actions/action.ts";
import { findSecret } from "../actions/secret.ts";
import { inStore } from "../release/store.ts";
import { loadAction } from "./load.ts";
import { makePrograms } from "./program.ts";
import { whyNotWitnessed } from "./witness.ts";
import type { Hiding } from "./redact.ts";
import type { Spec, Surroundings } from "./spec.ts";

/** How a step speaks, and what it takes out of everything it says. */
export interface Voice extends Pick<Context, "tell" | "log">, Hiding {}

/** Whoever only looks acts nowhere: any fence stops it. */
export const noRight: Fencing = { number: 0, store: "", ledger: { entry: 0, digest: "" } };

/** Everything the action of a step needs from outside. */
export function makeContext(
  { step, release, store }: Pick<Spec, "step" | "release" | "store">,
  { rollout, needs, secrets, previous }: Pick<Surroundings, "rollout" | "needs" | "secrets" | "previous">,
  fencing: Fencing,
  signal: AbortSignal,
  { hide, ...say }: Voice,
): Context {
  const context: Context = {
    ...{ step, release, rollout, fencing, needs, previous, store, signal, tell: say.tell, log: say.log },
    whyNotWitnessed: (witness) => whyNotWitnessed(store, fencing.store, witness),
    secret: (reference) => {
      const secret = findSecret(
        reference,
        (name) => secrets[name] ?? refuse(`${step}: was not given the secret ${name}`),
      );
      hide(secret);
      return secret;
    },
    keep: (name, content) => {
      const path = join(inStore.evidence(store, rollout), "files", step, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === "string" ? say.redact(content) : content);
      return join("files", step, name);
    },
    ...makePrograms({ signal, ...say }),
    call: (call, given) => carryOut(call, given === undefined ? context : { ...context, needs: given }),
  };
  return context;
}

/** Loads an action and runs it. */
export async function carryOut(call: Call, context: Context): Promise<unknown> {
  const action = await loadAction(call.action);
  return action.run(call.args, context);
}

function refuse(message: string): never {
  throw new Refusal(message);
}
