import { describeJudgement, type Judgement, percent } from "../../release/error-rate.ts";
import { fail, pass, unknown, warn } from "../check.ts";
import type { Observed, Seen } from "./observe.ts";
import type { Start } from "./terms.ts";

type Answer = ReturnType<typeof pass>;

/** What a watch has come to, as a verdict. */
export function verdictOn(observed: Observed): Answer {
  const { judgement, readings, unread, problem, ended, stopped } = observed;
  const words = describeJudgement(judgement);
  if (ended === "bad") return fail(words);
  if (judgement.requests === 0) return unknown(problem === undefined ? words : `could not be read: ${problem}`);
  if (ended === "stopped") return unknown(`${stopped ?? "stopped"}; until then ${soFar(judgement)}`);
  if (problem !== undefined || unread * 2 > readings)
    return unknown(
      `could not be read ${unread} of ${readings} times${problem === undefined ? "" : `, at the end neither (${problem})`}; ${words}`,
    );
  return judgement.decision === "fine" ? pass(words) : warn(words);
}

/** A watch that is not over, in one line. */
export function describeProgress({ judgement, seconds, of, problem }: Seen): string {
  const trouble = problem === undefined ? "" : `; cannot be read now: ${problem}`;
  return `${clock(seconds)} of ${clock(of)}: ${soFar(judgement)}${trouble}`;
}

export function describeBefore({ before, beforeFrom }: Start): string {
  if (before === undefined) return "rate of errors before: nobody knows it yet";
  if ("rate" in before) return `rate of errors before: ${percent(before.rate)}, ${beforeFrom}`;
  const { requests, errors } = before;
  return `rate of errors before: ${percent(errors / requests)} of ${requests.toLocaleString("en")} requests, ${beforeFrom}`;
}

function soFar({ rate, requests }: Judgement): string {
  if (rate === undefined) return "nothing was asked";
  return `${rate === 0 ? "none" : percent(rate)} of ${requests.toLocaleString("en")} requests failed`;
}

/** Minutes and seconds, `4:05`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
