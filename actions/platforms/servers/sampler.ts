import { setTimeout as pause } from "node:timers/promises";

export interface Downtime {
  readonly requests: number;
  readonly failed: number;
  /** Longest time in which no request was answered, in milliseconds. */
  readonly longestGapMs: number;
}

/** Asks an address again and again while releases are switched. `stop` ends it and says how many were not answered. */
export function sample(url: string, everyMs = 20): { stop: () => Promise<Downtime> } {
  const counts = { requests: 0, failed: 0, longestGapMs: 0 };
  const ending = new AbortController();
  let answered = Date.now();
  let unanswered = false;
  const work = (async () => {
    while (!ending.signal.aborted) {
      counts.requests++;
      if (await isAnswered(url)) {
        counts.longestGapMs = Math.max(counts.longestGapMs, Date.now() - answered);
        answered = Date.now();
        unanswered = false;
      } else {
        counts.failed++;
        unanswered = true;
      }
      await pause(everyMs);
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await work;
      // Who was not answered to the end has waited until now.
      if (unanswered) counts.longestGapMs = Math.max(counts.longestGapMs, Date.now() - answered);
      return counts;
    },
  };
}

/** Answered is whatever is not the server's own fault: a sampled path may well want a login. */
async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { connection: "close" },
      signal: AbortSignal.timeout(5000),
    });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}
