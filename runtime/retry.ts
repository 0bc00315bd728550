import { setTimeout as pause } from "node:timers/promises";
import { Transient } from "../actions/action.ts";

const tries = 3;

/** Does something up to three times, as long as what it throws is `Transient`; the pauses grow. Errors: the last one. */
export async function retrying<T>(
  act: () => Promise<T>,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (line: string) => void },
  pauseMs = 1000,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Transient) || attempt === tries) throw error;
      tell(`${error.message} (attempt ${attempt} of ${tries})`);
      await pause(pauseMs * attempt, undefined, { signal });
    }
  }
}
