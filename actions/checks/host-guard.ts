import type { Zod } from "../action.ts";
import { defineCheck, fail, pass } from "../check.ts";
import { bareRequest, type BareOptions, isClosed, isTimeout } from "./bare-request.ts";
import { accepts, type Statuses, statusesInWords, statusesSchema, timeoutSchema } from "./http-arguments.ts";

/**
 * Passes when `url` answers under every allowed Host header, and refuses every foreign one (and a foreign source address,
 * where one is given) with a status of `refused` or by closing the connection; fails otherwise.
 */
export const hostGuard = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        url: z.url().describe("address to ask"),
        status: statusesSchema(z).default(200).describe("answered to who is allowed, or a list of statuses accepted"),
        allowed: z
          .array(hostSchema(z))
          .min(1)
          .optional()
          .describe("Host headers that are answered; default: that of the url"),
        source: sourceSchema(z).optional().describe("address of this machine to ask from, such as 127.0.0.2"),
        foreign: z
          .array(hostSchema(z))
          .min(1)
          .default(["foreign-host.invalid"])
          .describe("Host headers that must be refused"),
        foreignSource: z
          .strictObject({ localAddress: sourceSchema(z) })
          .optional()
          .describe("another address of this machine, from which the allowed Host header must be refused, too"),
        refused: statusesSchema(z)
          .default([400, 403, 404, 421])
          .describe("answered to who is foreign, or a list; a closed connection counts as well"),
        timeoutSeconds: timeoutSchema(z),
      })
      .refine(({ status, refused }) => ![refused].flat().some((each) => accepts(status, each)), {
        error: "the same status cannot mean allowed and refused",
        path: ["refused"],
      })
      .refine(({ url, allowed = [hostOf(url)], foreign }) => !foreign.some((host) => allowed.includes(host)), {
        error: "the same Host cannot be allowed and foreign",
        path: ["foreign"],
      }),
  async ({ url, status, source, foreign, foreignSource, refused, timeoutSeconds, ...given }, { signal }) => {
    const options = { signal, timeoutSeconds, localAddress: source };
    const allowed = given.allowed ?? [hostOf(url)];
    // First what must be answered: of a site that refuses everybody no refusal proves anything.
    for (const host of allowed) {
      const answer = await bareRequest(url, { ...options, host });
      if (!accepts(status, answer.status))
        return fail(`${url} answered ${answer.status} to the Host ${host}, want ${statusesInWords(status)}`);
    }
    for (const host of foreign) {
      const answered = await answerOf(url, { ...options, host });
      if (!isRefusal(refused, answered)) return fail(`${url} ${toBe(refused, answered)} to the foreign Host ${host}`);
    }
    if (foreignSource !== undefined) {
      const { localAddress } = foreignSource;
      // The allowed source was answered just now: a firewall that drops what others send refuses, too.
      const answered = await answerOf(url, { ...options, host: allowed[0], localAddress }).catch((error: unknown) => {
        if (isTimeout(error) && !signal.aborted) return "closed" as const;
        throw error;
      });
      if (!isRefusal(refused, answered)) return fail(`${url} ${toBe(refused, answered)} from ${localAddress}`);
    }
    const strangers = [...foreign, ...(foreignSource === undefined ? [] : [foreignSource.localAddress])];
    return pass(`${url} answers ${allowed.join(", ")} and refuses ${strangers.join(", ")}`);
  },
  { quick: true },
);

const hostSchema = (z: Zod) => z.string().regex(/^[\w.:[\]-]+$/, "want a Host header: a name, and a port if need be");

const sourceSchema = (z: Zod) => z.union([z.ipv4(), z.ipv6()]);

/** Empty for an address that is none: the schema says so elsewhere. */
const hostOf = (url: string): string => URL.parse(url)?.host ?? "";

type Answered = number | "closed";

async function answerOf(url: string, options: BareOptions): Promise<Answered> {
  try {
    return (await bareRequest(url, options)).status;
  } catch (error) {
    if (isClosed(error)) return "closed";
    throw error;
  }
}

const isRefusal = (refused: Statuses, answered: Answered): boolean =>
  answered === "closed" || accepts(refused, answered);

const toBe = (refused: Statuses, answered: Answered): string =>
  `answered ${answered}, want ${statusesInWords(refused)} or a closed connection,`;
