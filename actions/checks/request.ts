import { Refusal } from "../action.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, unpacked. */
  readonly bytes: Buffer;
  /** The body as text. */
  readonly text: string;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
}

export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | FormData;
}

/** Nobody wants to judge more, and a broken page without an end must not fill the memory. */
const mostBytes = 32 * 1024 * 1024;

/** One request, its redirects not followed. Errors: no answer within the time, or one of more than 32 MB. */
export async function request(
  url: string,
  { signal, timeoutSeconds, headers, ...options }: RequestOptions,
): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(url, {
    ...options,
    headers: { connection: "close", ...headers },
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000))]),
  });
  const bytes = await bodyOf(url, response);
  return {
    ...{ status: response.status, headers: response.headers, bytes, text: bytes.toString("utf8") },
    milliseconds: performance.now() - began,
  };
}

async function bodyOf(url: string, { body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream: AsyncIterable<Uint8Array> | readonly Uint8Array[] = body ?? [];
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > mostBytes) throw new Refusal(`${url} answered more than ${mostBytes / 1024 / 1024} MB`);
  }
  return Buffer.concat(parts);
}
