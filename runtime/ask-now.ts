import type { Call, Context } from "../actions/action.ts";
import { reason, type Verdict } from "../actions/check.ts";
import { findSecret } from "../actions/secret.ts";
import { carryOut, noRight } from "./context.ts";
import { loadAction } from "./load.ts";
import { makePrograms } from "./program.ts";
import { hiding } from "./redact.ts";

/** Asks a check outside of any rollout: no record, no ledger, no log. What it throws is an `unknown` verdict. */
export async function askNow(
  check: Call,
  { release, store }: { readonly release: string; readonly store: string },
  timeoutSeconds: number,
): Promise<Pick<Verdict, "verdict" | "seen">> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  const { redact, hide } = hiding([]);
  const quiet = (): void => undefined;
  const context: Context = {
    ...{
      step: "preview",
      release,
      store,
      rollout: "",
      needs: {},
      previous: undefined,
      fencing: noRight,
      signal,
      tell: quiet,
      log: quiet,
    },
    whyNotWitnessed: () => undefined,
    secret: (reference) => {
      const secret = findSecret(reference, (name) => {
        throw new Error(`the secret ${name} is not known before the rollout`);
      });
      hide(secret);
      return secret;
    },
    keep: () => {
      throw new Error("nothing is kept before the rollout");
    },
    ...makePrograms({ signal, log: quiet, redact }),
    call: async (inner, needs) => {
      const { quick } = await loadAction(inner.action);
      if (!quick) throw new Error(`${inner.action}: does more than look, or takes its time: it waits for the rollout`);
      return carryOut(inner, needs === undefined ? context : { ...context, needs });
    },
  };
  try {
    const { verdict, seen } = (await carryOut(check, context)) as Verdict;
    return { verdict, seen: redact(seen) };
  } catch (error) {
    return { verdict: "unknown", seen: redact(reason(error)) };
  }
}
