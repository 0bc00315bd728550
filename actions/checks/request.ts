export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Options {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

/** One request, its redirects not followed. Errors: no answer within the time. */
export async function request(url: string, { signal, timeoutSeconds, headers, ...options }: Options): Promise<Answer> {
  const response = await fetch(url, {
    ...options,
    headers: { connection: "close", ...headers },
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
