/** A page that is well or not, and the question about it. */
import type { Patience, Question } from "../../actions/rollout/verdicts.ts";
import { serve } from "./context.ts";

/** Long enough to ask again what cannot be told. */
export const patience: Patience = { attempts: 3, pauseSeconds: 0.02, unknownSeconds: 0.1, freshSeconds: 600 };

export interface Health {
  readonly url: string;
  readonly question: Question;
  /** How often it was asked. */
  asked: number;
}

/** Answers with the statuses one after the other; with the last one from then on. */
export async function makeHealth(...statuses: number[]): Promise<Health> {
  const url = await serve((_, response) => {
    const status = statuses[Math.min(health.asked++, statuses.length - 1)] ?? 200;
    response.writeHead(status).end();
  });
  const args = { url, status: 200, timeoutSeconds: 5 };
  const health: Health = {
    ...{ url, asked: 0 },
    question: { check: { action: "actions/checks/http", args }, blocks: ["fail", "unknown"] },
  };
  return health;
}
