import { type CommonOptions, openStack } from "../open.ts";
import { reviewOf } from "../perform.ts";
import { Problem } from "../problem.ts";
import { describeReview } from "../review.ts";
import { commandName, say } from "../say.ts";
import { wishOf } from "./up.ts";

export interface PreviewOptions extends CommonOptions {
  readonly release?: string;
  readonly again?: boolean;
  readonly diff?: boolean;
}

/** Shows what `up` would do. Writes nothing, not even the release it was asked to try. */
export async function preview(_: string | undefined, options: PreviewOptions): Promise<number> {
  const stack = openStack(options);
  if ((await stack.state()) === undefined) {
    throw new Problem(
      `${stack.name}: this stack has not been made yet. To make it and see the preview: ${commandName()} up`,
    );
  }
  const { changes, asked } = await wishOf(stack, options);
  if (options.diff) {
    say(await stack.file.tried(changes, (copy) => stack.diff(copy)));
    return 0;
  }
  const review = await reviewOf(stack, changes);
  if (options.json) say(JSON.stringify({ asked, ...review }, undefined, 2));
  else if (review.steps.length === 0) say(`${stack.name}: nothing would run, ${asked} is what was released last`);
  else for (const line of describeReview(review, stack.name)) say(line);
  return 0;
}
