import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { freeAbandoned } from "../runtime/lease.ts";
import { readLedger } from "../runtime/ledger.ts";
import { inStore } from "../release/store.ts";
import { agrees, wantSomebody } from "./ask.ts";
import { Locked, lockedBy } from "./failure.ts";
import { removeLocks } from "./lock.ts";
import { type Outcome, outcomeOf, showOutcome } from "./outcome.ts";
import { Problem } from "./problem.ts";
import { Progress } from "./progress.ts";
import { describeReview, messageFor, type Review, Reviewer } from "./review.ts";
import { disagreements, look } from "../actions/platforms/servers/reality.ts";
import { note, type Row, say } from "./say.ts";
import type { Stack } from "./stack.ts";
import type { Changes } from "./stack-file.ts";

/** A change of what is asked for, to be shown, agreed to and performed. */
export interface Proposal {
  readonly stack: Stack;
  readonly changes: Changes;
  /** The release that will be asked for. */
  readonly asked: string;
  readonly question: string;
  /** What belongs into the review and is not in the plan: what a rollback loses. */
  readonly remarks?: readonly Row[];
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Shows a proposal, asks, performs it and tells how it ended. Returns the exit code. */
export async function propose(proposal: Proposal): Promise<number> {
  const { stack, changes, asked, yes, json } = proposal;
  wantSomebody(yes);
  const locked = lockedBy(stack.name, stack.lockHolder());
  if (locked) throw locked;
  const tell = json ? note : say;
  const review = await reviewOf(stack, changes);
  if (review.steps.length === 0) {
    stack.file.change(changes);
    const error = await doubts(stack);
    return show(await outcomeOf(stack, { asked, error, since: Infinity, milliseconds: 0 }), json);
  }
  for (const line of [...describeReview(review, stack.name, proposal.remarks), ""]) tell(line);
  if (!(await agrees(proposal.question, yes))) {
    tell("Nothing was changed.");
    return 1;
  }
  const before = stack.file.change(changes);
  const since = readLedger(inStore.ledger(stack.settings.store)).length;
  const began = Date.now();
  const error = await run(stack, messageFor(asked, review), json);
  if (error instanceof Locked) {
    // What is configured belongs to the update that is at work.
    stack.file.restore(before);
    throw error;
  }
  const code = show(await outcomeOf(stack, { asked, error, since, milliseconds: Date.now() - began }), json);
  return error?.exitCode ?? code;
}

function show(outcome: Outcome, json: boolean | undefined): number {
  if (json) say(JSON.stringify(outcome, undefined, 2));
  else showOutcome(outcome);
  return outcome.ok ? 0 : 1;
}

/** There is nothing to do by the state, which knows nothing of what has happened since: what serves is looked at. */
async function doubts(stack: Stack): Promise<Problem | undefined> {
  const { activation, record } = (await stack.state()) ?? {};
  if (!activation || !record) return undefined;
  const wrong = disagreements(record.serving, await look(activation, stack.settings.store));
  if (wrong.length === 0) return undefined;
  return new Problem([...wrong, "Next: switchback up --again"].join("\n"));
}

/** Plans what the changes ask for, without making them. Errors: the program refuses it, in its own words. */
export async function reviewOf(stack: Stack, changes: Changes): Promise<Review> {
  const reviewer = new Reviewer();
  const see = (event: EngineEvent): void => {
    reviewer.see(event);
  };
  await stack.file
    .tried(changes, (copy) => stack.preview(copy, see))
    .catch((error: unknown) => {
      const { refusals } = reviewer.review;
      throw refusals.length > 0 ? new Problem(refusals.join("\n")) : error;
    });
  return reviewer.review;
}

/** Returns what went wrong; undefined when nothing did. */
async function run(stack: Stack, message: string, json: boolean | undefined): Promise<Problem | undefined> {
  const { state, by, dead } = stack.lockHolder();
  if (state === "dead") {
    note(`an earlier update was killed, of ${by}: its lock is taken away, what it left is looked at`);
    removeLocks(dead);
  }
  const progress = json ? new Progress(false, (text) => void process.stderr.write(text)) : new Progress();
  const errors = new Reviewer();
  const cancelling = cancelOnSignals();
  try {
    const see = (event: EngineEvent): void => {
      progress.see(event);
      errors.see(event);
    };
    await stack.up(message, see, cancelling.signal);
    return undefined;
  } catch (error) {
    if (cancelling.signal.aborted) return new Problem("cancelled\nNext: go on with it: switchback up", 130);
    const { refusals } = errors.review;
    return refusals.length > 0 ? new Problem(refusals.join("\n")) : (error as Problem);
  } finally {
    cancelling.stop();
    // Cancelled or killed, the engine cannot do it; what still works to its end by itself does it then.
    freeAbandoned(stack.settings.store);
    progress.close();
  }
}

/** In a terminal the engine hears Ctrl-C itself, and a second one would kill it; elsewhere it is told. */
function cancelOnSignals(): { signal: AbortSignal; stop: () => void } {
  const cancelling = new AbortController();
  const cancel = (): void => {
    cancelling.abort();
  };
  const wait = (): void => {
    note("\ncancelling: what must not be cut in half ends first ...");
  };
  const onInterrupt = process.stdin.isTTY ? wait : cancel;
  process.on("SIGINT", onInterrupt).on("SIGTERM", cancel).on("SIGHUP", cancel);
  return {
    signal: cancelling.signal,
    stop: () => {
      process.off("SIGINT", onInterrupt).off("SIGTERM", cancel).off("SIGHUP", cancel);
    },
  };
}
