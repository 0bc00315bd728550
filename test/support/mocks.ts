/** Runs components against the SDK's own mocks, and shows what they would have an engine do. */
import * as pulumi from "@pulumi/pulumi";

export interface Seen {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** The mark of a secret on the way to an engine. */
const signature = "4dabf18193072939515e22adb298388d";

/** Secrets become `{ "[secret]": value }`: that they are marked is what counts. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) return { "[secret]": plain(value.value) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/**
 * Registers what a program makes. Steps answer with the receipts given by their names, else with `{}`. Returns every
 * resource, in the order of their registration.
 */
export async function register(
  receipts: Readonly<Record<string, unknown>>,
  program: () => unknown,
  outputs: Readonly<Record<string, unknown>> = {},
): Promise<Seen[]> {
  const seen: Seen[] = [];
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }: pulumi.runtime.MockCallArgs) => inputs as Record<string, unknown>,
      newResource: ({ type, name, inputs }) => {
        const given = plain(inputs) as Record<string, unknown>;
        if (type !== "pulumi:pulumi:StackReference") seen.push({ type, name, inputs: given });
        const stdout = JSON.stringify(receipts[name] ?? {});
        return { id: name, state: { ...given, stdout, result: `made-up-${name}`, outputs } };
      },
    },
    "project",
    "staging",
    false,
    "organization",
  );
  try {
    await program();
  } finally {
    // What is still being registered must not reach the next test.
    await pulumi.runtime.disconnect();
  }
  await Promise.all(kept.splice(0));
  return seen;
}

/** Outputs whose values are still to come. */
const kept: Promise<null>[] = [];

/** Writes an output down by its name; it is there when `register` has returned. */
export function keep(where: Record<string, unknown>, name: string, output: pulumi.Output<unknown>): void {
  const arrived = Promise.withResolvers<null>();
  kept.push(arrived.promise);
  output.apply((value) => {
    where[name] = value;
    arrived.resolve(null);
  });
}
