import type { pass } from "../check.ts";

/** What a check answers. */
export type Answer = ReturnType<typeof pass>;

/** What a check says that has cleaned up behind itself: what is left turns a pass into a warning, and is said in any case. */
export function afterCleanUp(answer: Answer, left: readonly string[]): Answer {
  if (left.length === 0) return answer;
  return {
    ...answer,
    verdict: answer.verdict === "pass" ? "warn" : answer.verdict,
    seen: `${answer.seen}; not cleaned up: ${left.join("; ")}`,
  };
}
