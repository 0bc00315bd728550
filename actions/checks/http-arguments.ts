import type * as zod from "zod";
import type { Context, Zod } from "../action.ts";
import type { SecretReference } from "../secret.ts";

/** Statuses that are accepted: one, or several. */
export type Statuses = number | readonly number[];

export const statusesSchema = (z: Zod) => {
  const status = z.int().min(100).max(599);
  return z.union([status, z.array(status).min(1)]);
};

export const accepts = (statuses: Statuses, status: number): boolean => [statuses].flat().includes(status);

/** `200`, or `one of 403, 419`. */
export const statusesInWords = (statuses: Statuses): string => {
  const all = [statuses].flat();
  return all.length === 1 ? all.join() : `one of ${all.join(", ")}`;
};

export const timeoutSchema = (z: Zod) =>
  z.number().positive().max(300).default(10).describe("longest time until the whole answer is there, in seconds");

/** Name of a header as RFC 9110 has it; another would be an error only when the check looks. */
export const headerNameSchema = (z: Zod): zod.ZodString => z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/);

/** Headers to send, by name. They stand in the state: a secret belongs into `bearer`. */
export const sentHeadersSchema = (z: Zod) =>
  z
    .record(headerNameSchema(z), z.string())
    .optional()
    .describe("headers to send, by name; they are no secret, see `bearer`");

/** The header that shows a token. Error: there is no such secret. */
export const bearerHeader = (
  bearer: SecretReference | undefined,
  { secret }: Pick<Context, "secret">,
): Readonly<Record<string, string>> => (bearer === undefined ? {} : { authorization: `Bearer ${secret(bearer)}` });

/** Where a redirect leads, as it may be told: its query may hold a token. `undefined` for an address that is none. */
export function targetInWords(location: string, from: string): string | undefined {
  const target = URL.parse(location, from);
  return target === null ? undefined : `${target.origin}${target.pathname}${target.search === "" ? "" : "?..."}`;
}
