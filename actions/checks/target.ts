import { resolve } from "node:path";
import type { Context, Outcome, Zod } from "../action.ts";
import { type SecretReference, secretSchema } from "../secret.ts";

/** Where and with what a check's programs run on the machine that serves. */
export interface Target {
  readonly directory: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly timeoutSeconds: number;
}

/** The arguments that every check has which runs programs. */
export const targetSchema = (z: Zod) => ({
  directory: z.string().min(1).describe("the host's folder, which holds releases/ and current"),
  folder: z
    .string()
    .min(1)
    .default("current")
    .describe('where in it the program runs: "." for the host\'s folder itself'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
    .default({})
    .describe("variables of the program beside PATH, HOME and LANG"),
  secrets: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), secretSchema(z))
    .default({})
    .describe("variables that hold secrets, and where those are found"),
  timeoutSeconds: z
    .number()
    .positive()
    .max(1700)
    .default(300)
    .describe("for one run of a program, in seconds; longer is unknown"),
});

/** A command as words; no shell looks at them. */
export const argvSchema = (z: Zod) =>
  z
    .array(z.string())
    .refine(([program = ""]) => program !== "", "names no program: give the command as words, the program first")
    .describe("the command as words, the program first; no shell looks at them");

export const placeOf = ({ directory, folder }: Pick<Target, "directory" | "folder">): string =>
  resolve(directory, folder);

/** The target's secrets by the names of their variables. Errors: one is not there. */
export const secretsOf = ({ secrets }: Pick<Target, "secrets">, { secret }: Pick<Context, "secret">) =>
  Object.fromEntries(Object.entries(secrets).map(([name, reference]) => [name, secret(reference)]));

export type RunContext = Pick<Context, "run" | "signal" | "secret">;

/**
 * Runs a program on the target to its end, whatever its exit code. The target's secrets are taken out of what it printed:
 * a verdict quotes it, and what is cut short there could be recognized no more. Errors: it cannot be run; time.
 */
export async function runOnTarget(argv: readonly string[], target: Target, context: RunContext): Promise<Outcome> {
  const secrets = secretsOf(target, context);
  const { timeoutSeconds } = target;
  const environment = { ...target.environment, ...secrets };
  const outcome = await context.run(argv, { cwd: placeOf(target), environment, timeoutSeconds });
  const hide = (text: string): string =>
    Object.values(secrets)
      .filter((secret) => secret.length >= 4)
      .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  return { ...outcome, stdout: hide(outcome.stdout), stderr: hide(outcome.stderr) };
}
