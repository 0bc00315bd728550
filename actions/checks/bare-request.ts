import { request as overHttp, type IncomingHttpHeaders } from "node:http";
import { request as overHttps } from "node:https";
import { isIP } from "node:net";

export interface BareAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface BareOptions {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** The header Host, where it is another than the address says. `fetch` sends no other. */
  readonly host?: string | undefined;
  /** Address of this machine to ask from. */
  readonly localAddress?: string | undefined;
}

/** A GET of which only the head of the answer is read. Errors: no answer. */
export function bareRequest(
  url: string,
  { signal, timeoutSeconds, host, localAddress }: BareOptions,
): Promise<BareAnswer> {
  const { protocol, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = (protocol === "https:" ? overHttps : overHttp)(url, {
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000))]),
      headers: { connection: "close", ...(host === undefined ? {} : { host }) },
      // Whoever is asked shows the certificate of the address, whatever Host says. An IP address has no place in SNI.
      servername: isIP(bareHost(hostname)) ? "" : hostname,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    sent.on("error", reject);
    sent.on("response", (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      sent.destroy();
    });
    sent.end();
  });
}

/** A URL writes IPv6 addresses in brackets. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");

/** Whether the error says that the other side was reached and let nobody in. */
export const isClosed = (error: unknown): boolean =>
  error instanceof Error && ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(codeOf(error));

/** Whether the time was over before an answer came. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.cause as Error | undefined)?.name === "TimeoutError";

export const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? "";
