/** What was asked, and how much of it failed. */
export interface Count {
  readonly requests: number;
  readonly errors: number;
}

/**
 * The rate before a release: what was counted then, or a `rate` (0 to 1) that somebody vouches for. Undefined: nobody
 * knows it.
 */
export type Before = Count | { readonly rate: number } | undefined;

/** What counts as worse, and how often a judgement may be wrong. */
export interface Standard {
  /** So many times the odds of an error before are wrong; fewer are not looked for. More than 1. */
  readonly worseBy: number;
  /** A rate (0 to 1) that is never called bad, whatever it was before. */
  readonly acceptable: number;
  /** Chance of calling a release bad that is no worse than the one before. */
  readonly falseAlarm: number;
  /** Chance of calling a release fine that is `worseBy` worse. */
  readonly missed: number;
}

export const usualErrors = { falseAlarm: 0.01, missed: 0.05 };

export interface Judgement extends Count {
  readonly decision: "bad" | "fine" | "undecided";
  /** Undefined when nothing was asked. */
  readonly rate: number | undefined;
  /** The rate before; undefined when nobody knows it. */
  readonly before: number | undefined;
  /** How many requests that was seen of; undefined where nobody counted them. */
  readonly beforeRequests: number | undefined;
  /** In percent, rounded down; 0 while undecided. */
  readonly sure: number;
  /** So many requests without any error would be called fine. */
  readonly needed: number;
}

/** Of an application of which nothing is known only most of its requests failing is a bad sign. */
const highestUnknown = 0.5;

/**
 * Compares the errors since a release with the rate before it.
 *
 * "bad" may be asked for after every reading: looking often makes it no less sure. It is Wald's sequential probability
 * ratio test (A. Wald, "Sequential Tests of Statistical Hypotheses", 1945) against the upper confidence limit of the rate
 * before, each of the two taking half of the chance of a false alarm; by Ville's inequality the likelihood ratio ever
 * exceeds 1/a with a chance of at most a, wherever one stops.
 *
 * "fine" is for the end of a period that was fixed beforehand. It is Chernoff's bound (W. Hoeffding, 1963, theorem 1), of
 * the rate since, and of the share of all errors that fell into the time since (J. Przyborowski and H. Wilenski, 1940).
 *
 * Few requests before make both answers rare, never false. Requests are taken to fail independently of each other.
 */
export function judge(after: Count, before: Before, standard: Standard): Judgement {
  const { worseBy, acceptable, falseAlarm, missed } = standard;
  const { requests, errors } = after;
  const known = before !== undefined && ("rate" in before || before.requests > 0) ? before : undefined;
  const counted = known !== undefined && "requests" in known ? known : undefined;
  const was = known === undefined ? undefined : "rate" in known ? known.rate : known.errors / known.requests;
  const alarm = counted ? falseAlarm / 2 : falseAlarm;
  const upper = Math.max(acceptable, counted ? upperLimit(counted, alarm) : (was ?? highestUnknown));
  const worse = likelihood(after, times(upper, worseBy)) - likelihood(after, upper);
  // Two ways of being fine are two chances of being wrong.
  const miss = counted ? missed / 2 : missed;
  const tolerable = times(Math.max(acceptable, counted ? 0 : (was ?? 0)), worseBy);
  const fine = worse > 0 ? 0 : Math.max(below(after, tolerable), counted ? belowShare(after, counted, worseBy) : 0);
  const decision = worse >= -Math.log(alarm) ? "bad" : fine >= -Math.log(miss) ? "fine" : "undecided";
  const wrong = decision === "bad" ? Math.exp(-worse) + falseAlarm - alarm : Math.exp(-fine) * (missed / miss);
  return {
    ...{ decision, requests, errors, rate: requests === 0 ? undefined : errors / requests },
    ...{ before: was, beforeRequests: counted?.requests },
    sure: decision === "undecided" ? 0 : Math.floor(1000 * (1 - wrong)) / 10,
    needed: Math.ceil(Math.log(miss) / Math.log(1 - tolerable)),
  };
}

/** Odds, unlike rates, can be multiplied without end. */
const times = (rate: number, factor: number): number => (factor * rate) / (1 - rate + factor * rate);

/** Nothing times infinity is nothing: what did not happen speaks for no side. */
const product = (count: number, weight: number): number => (count === 0 ? 0 : count * weight);

/** Logarithm of how likely the counts are. */
const likelihood = ({ requests, errors }: Count, rate: number): number =>
  product(errors, Math.log(rate)) + product(requests - errors, Math.log(1 - rate));

/** Logarithm of how unlikely so few errors are where the true rate is `rate` or more. */
function below({ requests, errors }: Count, rate: number): number {
  return errors < rate * requests ? requests * divergence(errors / requests, rate) : 0;
}

/** The same where the true rate is `worseBy` times that before, or more: then many of all errors fall into the time since. */
function belowShare(after: Count, before: Count, worseBy: number): number {
  const share = (worseBy * after.requests) / (worseBy * after.requests + before.requests);
  return below({ requests: after.errors + before.errors, errors: after.errors }, share);
}

/** Above which the true rate lies with a chance of at most `chance`. */
function upperLimit({ requests, errors }: Count, chance: number): number {
  let [inside, outside] = [errors / requests, 1];
  for (let halvings = 0; halvings < 60; halvings++) {
    const middle = (inside + outside) / 2;
    if (requests * divergence(errors / requests, middle) < -Math.log(chance)) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** Kullback and Leibler's divergence of two rates. */
function divergence(seen: number, assumed: number): number {
  return product(seen, Math.log(seen / assumed)) + product(1 - seen, Math.log((1 - seen) / (1 - assumed)));
}

/** A rate as people read it: `4.1 %`, `0.02 %`. */
export function percent(rate: number): string {
  const hundredths = rate * 100;
  if (hundredths === 0 || hundredths >= 1) return `${Number(hundredths.toFixed(1))} %`;
  return `${Number(hundredths.toPrecision(1))} %`;
}

/** The judgement in one line: `clearly worse: 4.1 % of 1,240 requests failed, 0.2 % of 20,000 before (99.4 % sure)`. */
export function describeJudgement(judgement: Judgement): string {
  const { decision, requests, before, beforeRequests, sure, needed, rate } = judgement;
  if (rate === undefined) return "nothing was asked, so nobody can tell";
  const was = before === undefined ? "the rate before is not known" : `${share(before, beforeRequests)} before`;
  const seen = `${share(rate, requests)} requests failed, ${was}`;
  if (decision === "bad") return `clearly worse: ${seen} (${sure} % sure)`;
  if (decision === "fine") return `not worse: ${seen} (${sure} % sure)`;
  const tooFew = requests < needed ? `; too few to be sure, ${grouped(needed)} without an error would do` : "";
  return `no clear answer: ${seen}${tooFew}`;
}

function share(rate: number, requests: number | undefined): string {
  if (requests === undefined) return percent(rate);
  return `${rate === 0 ? "none" : percent(rate)} of ${grouped(requests)}`;
}

const grouped = (count: number): string => count.toLocaleString("en");
