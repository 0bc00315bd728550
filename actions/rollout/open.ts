import { randomBytes } from "node:crypto";
import { defineAction } from "../action.ts";

/** A rollout: one attempt to bring an environment to a release. */
export interface Rollout {
  readonly number: number;
  /** Number and a random part: never the same twice, not even in another stack. */
  readonly id: string;
  /** Id of the store it was opened in: the next one wants the same. */
  readonly store: string;
}

interface Args {
  readonly commit: string;
  readonly configuration: string;
  /** The last rollout that did not end well, `none` for none: asking again after it is another rollout. */
  readonly after: string;
  /** The release one goes back from, `none` for going forward. */
  readonly rollbackFrom: string;
  /** The rollout after which the same release was asked for once more, `none` for none. */
  readonly again: string;
  /** The backup whose restoration was agreed to, `none` for none. */
  readonly restore: string;
  /** The store that is left on purpose, `none` for none. */
  readonly leaveStore: string;
}

/** Opens a rollout. Pulumi asks for it only when something it is about has changed. */
export const openRollout = defineAction<Args, unknown, Rollout>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      commit: z.string().min(1),
      configuration: z.string().min(1),
      after: z.string().min(1),
      rollbackFrom: z.string().min(1),
      again: z.string().min(1),
      restore: z.string().min(1),
      leaveStore: z.string().min(1),
    }),
  run: (_, context) => {
    const number = ((context.previous as Rollout | undefined)?.number ?? 0) + 1;
    const id = `${number}-${randomBytes(3).toString("hex")}`;
    context.tell(`rollout ${id}: ${context.release}`);
    return Promise.resolve({ number, id, store: context.fencing.store });
  },
});
