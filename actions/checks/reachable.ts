import { defineCheck, fail, pass, reason, unknown } from "../check.ts";
import { bareHost, bareRequest, codeOf, isClosed, isTimeout } from "./bare-request.ts";
import { connect } from "./connect.ts";

/**
 * Passes when `host` takes a connection on `port`, or `url` answers with a status below 500; fails when it is refused, when
 * nothing comes back within the time, and when there is no such name. With `closed` the other way round.
 */
export const reachable = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        host: z.string().min(1).optional().describe("name or IP address to connect to; with `port`"),
        port: z.int().min(1).max(65535).optional().describe("TCP port to connect to; with `host`"),
        url: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe("address to ask instead of `host` and `port`"),
        vantage: z
          .string()
          .min(1)
          .optional()
          .describe("what to call the place it is asked from, such as `office network`"),
        closed: z.literal(true).optional().describe("the port must be closed, as that of a database seen from outside"),
        control: z
          .int()
          .min(1)
          .max(65535)
          .optional()
          .describe("open port of the same host, asked first: without it, silence does not prove a port closed"),
        timeoutSeconds: z.number().positive().max(300).default(10).describe("how long to wait, in seconds"),
      })
      .refine(
        ({ host, port, url }) => (url === undefined ? (host ?? port) !== undefined : (host ?? port) === undefined),
        {
          error: "want either url, or host and port",
          path: ["url"],
        },
      )
      .refine(({ host, port, url }) => url !== undefined || (host !== undefined && port !== undefined), {
        error: "want host and port",
        path: ["port"],
      })
      .refine(({ closed, url }) => closed === undefined || url === undefined, {
        error: "closed is about a port: give host and port",
        path: ["closed"],
      })
      .refine(({ closed, control, port }) => control === undefined || (closed === true && control !== port), {
        error: "control is another port than the one that must be closed",
        path: ["control"],
      }),
  async ({ host = "", port = 0, url, vantage, closed, control, timeoutSeconds }, { signal }) => {
    const limits = { signal, timeoutSeconds };
    const from = vantage === undefined ? "" : ` from ${vantage}`;
    if (url !== undefined) return askUrl(url, from, limits);
    const where = `${host}:${port}`;
    if (control !== undefined && (await reach(host, control, limits)) !== "open")
      return unknown(`${host}:${control}, which should be open, is not reached${from}: nothing is known about ${port}`);
    const reached = await reach(host, port, limits);
    const seen = `${where} ${inWords[reached]}${from}`;
    if (closed === undefined) return reached === "open" ? pass(seen) : fail(seen);
    if (reached === "open") return fail(`${seen}, want it closed`);
    if (reached === "refused" || (reached === "silent" && control !== undefined)) return pass(seen);
    return unknown(`${seen}: it may also be that nothing is reached; give an open port of ${host} as control`);
  },
  { quick: true },
);

type Limits = Parameters<typeof connect>[2];
type Reached = Awaited<ReturnType<typeof connect>> | "nameless";

const inWords: Readonly<Record<Reached, string>> = {
  open: "takes connections",
  refused: "refuses connections",
  silent: "does not answer",
  nameless: "is not found: there is no such name",
};

/** Only what was looked up and not found is a name that is none; a resolver that does not answer proves nothing. */
const isNameless = (error: unknown): boolean => error instanceof Error && codeOf(error) === "ENOTFOUND";

async function reach(host: string, port: number, limits: Limits): Promise<Reached> {
  try {
    return await connect(host, port, limits);
  } catch (error) {
    if (isNameless(error)) return "nameless";
    throw error;
  }
}

async function askUrl(url: string, from: string, limits: Limits): Promise<ReturnType<typeof pass>> {
  const { protocol, hostname, port } = new URL(url);
  const reached = await reach(bareHost(hostname), Number(port) || (protocol === "https:" ? 443 : 80), limits);
  if (reached !== "open") return fail(`${url} ${inWords[reached]}${from}`);
  try {
    const { status } = await bareRequest(url, limits);
    const seen = `${url} answered ${status}${from}`;
    return status < 500 ? pass(seen) : fail(seen);
  } catch (error) {
    // What speaks something else, or shows a certificate that is not trusted here, was reached.
    if (limits.signal.aborted || (!isClosed(error) && !isTimeout(error))) throw error;
    return fail(`${url} takes connections${from}, but gives no answer: ${reason(error)}`);
  }
}
