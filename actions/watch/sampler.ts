import { defineAction } from "../action.ts";
import { reason } from "../check.ts";
import { request } from "../checks/request.ts";
import type { Reading, SourceNeeds } from "./reading.ts";

interface Args {
  readonly url: string;
  readonly timeoutSeconds: number;
}

/**
 * Asks an address once a reading, for applications that count nothing themselves. Any answer but 2xx is an error, and so is
 * none in time. It knows nothing of the time before.
 */
export const sampledRequests = defineAction<
  Args,
  SourceNeeds,
  Reading,
  { url: string; timeoutSeconds?: number | undefined }
>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      url: z.url().describe("page to ask, without any login"),
      timeoutSeconds: z.number().positive().max(60).default(10).describe("an answer that takes longer is an error"),
    }),
  run: async ({ url, timeoutSeconds }, { needs, signal, log }) => {
    if (needs.CURSOR === undefined) return { requests: 0, errors: 0, cursor: {} };
    const wrong = await wrongWith(url, timeoutSeconds, signal);
    signal.throwIfAborted();
    if (wrong !== undefined) log(`${url}: ${wrong}`);
    return { requests: 1, errors: wrong === undefined ? 0 : 1, cursor: {} };
  },
});

async function wrongWith(url: string, timeoutSeconds: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { status } = await request(url, { signal, timeoutSeconds });
    return status >= 200 && status < 300 ? undefined : `answered ${status}`;
  } catch (error) {
    return reason(error);
  }
}
