import type { Count } from "../../release/error-rate.ts";
import type { Action } from "../action.ts";

/** Where a source has read up to: what it gave back the last time; absent the first time. */
export interface SourceNeeds {
  readonly CURSOR?: unknown;
}

/** What a source has counted since its cursor; the first time nothing, but where it is. */
export interface Reading extends Count {
  /** Small and plain: it is kept in the state. */
  readonly cursor: unknown;
  /** The first time only: what the source can tell of the time before. */
  readonly before?: Count;
}

/** An action that counts requests and errors. It only reads; it throws when it cannot. */
export type Source<Args = never, Input = Args> = Action<Args, SourceNeeds, Reading, Input>;

export const nothing: Count = { requests: 0, errors: 0 };

export const sum = (counts: readonly Count[]): Count => ({
  requests: counts.reduce((total, { requests }) => total + requests, 0),
  errors: counts.reduce((total, { errors }) => total + errors, 0),
});
