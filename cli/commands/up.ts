import { wantSomebody } from "../ask.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { propose } from "../perform.ts";
import { Problem } from "../problem.ts";
import { note } from "../say.ts";
import type { Stack } from "../stack.ts";
import type { Changes } from "../stack-file.ts";

export interface UpOptions extends CommonOptions {
  readonly release?: string;
  readonly again?: boolean;
  readonly yes?: boolean;
}

/** Releases what is configured, or another release. */
export async function up(_: string | undefined, options: UpOptions): Promise<number> {
  wantSomebody(options.yes);
  return release(openStack(options), options);
}

/** The same, with a stack that is open already. */
export async function release(stack: Stack, options: UpOptions): Promise<number> {
  if ((await stack.state()) === undefined) {
    await stack.make();
    note(`${stack.name} is new here: made the stack`);
  }
  const { changes, asked } = await wishOf(stack, options);
  const question = `Release ${asked} to ${stack.name}?`;
  return propose({ stack, changes, asked, question, yes: options.yes, json: options.json });
}

/** What the options ask for, as changes of the stack's file. */
export async function wishOf(
  stack: Stack,
  { release, again }: Pick<UpOptions, "release" | "again">,
): Promise<{ changes: Changes; asked: string }> {
  const configured = stack.file.release;
  const asked = release ?? configured;
  if (asked === undefined) throw new Problem(`${stack.file.name}: has no release. Name one: --release TAG`);
  // Going on with what is configured keeps how it was asked for; another release is a new wish.
  const forward: Changes =
    asked === configured ? {} : { release: asked, rollbackFrom: undefined, restore: undefined, again: undefined };
  if (!again) return { changes: forward, asked };
  const rollout = (await stack.state())?.record?.rollout;
  if (rollout === undefined) throw new Problem(`--again: nothing was released to ${stack.name} yet`);
  return { changes: { ...forward, again: rollout }, asked };
}
