import type { Rollout } from "../report/rollouts.ts";
import { Problem } from "./problem.ts";

/** The rollout that is meant by its id, its number or its release; default: the last one. Errors: there is none. */
export function wantRollout(
  command: string,
  wanted: string | undefined,
  rollouts: readonly Rollout[],
  stack: string,
): Rollout {
  const found = rollouts.findLast(
    ({ id, number, release }) => wanted === undefined || [id, `${number}`, `#${number}`, release].includes(wanted),
  );
  if (found) return found;
  const known = rollouts.map(({ id, release }) => `${id} (${release})`).join(", ");
  throw new Problem(
    known === ""
      ? `${stack}: nothing was released yet`
      : `${command} ${wanted ?? ""}: there is no such rollout. Known: ${known}`,
  );
}
