import * as z from "zod";
import type { Action, Call } from "../actions/action.ts";
import { nameOfAction } from "../runtime/load.ts";

/** An action with checked arguments, ready to become a step or a part of one. */
export interface Planned<Needs = unknown, Result = unknown> extends Call {
  readonly survives: boolean;
  readonly timeoutSeconds: number;
  readonly quick: boolean;
  /** Carries the types; there is never a value. */
  readonly types?: (needs: Needs) => Result;
}

/** Names an action with its arguments. Errors: arguments that the action's schema refuses, all mistakes at once. */
export function call<Args, Needs, Result, Input>(
  action: Action<Args, Needs, Result, Input>,
  args: Input,
): Planned<Needs, Result> {
  const name = nameOfAction(action.module);
  const parsed = action.args(z).safeParse(args);
  if (!parsed.success) throw new TypeError(`${name}: its arguments are wrong\n${z.prettifyError(parsed.error)}`);
  const { survives, timeoutSeconds, quick } = action;
  return { action: name, args: parsed.data, survives, timeoutSeconds, quick };
}

/** Only what is written down of a call: where it is one of several, it runs within the step that holds it. */
export const written = ({ action, args }: Call): Call => ({ action, args });
