import { defineCheck, fail, pass } from "../check.ts";
import { request } from "./request.ts";

/** Passes when a GET of `url` answers with `status`, and with a body that holds `contains` where that is given. */
export const http = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url(),
      status: z.int().min(100).max(599).default(200),
      contains: z.string().min(1).optional(),
      timeoutSeconds: z.number().positive().max(300).default(10),
    }),
  async ({ url, status, contains, timeoutSeconds }, { signal }) => {
    const answer = await request(url, { signal, timeoutSeconds });
    if (answer.status !== status) return fail(`${url} answered ${answer.status}, want ${status}`);
    if (contains !== undefined && !answer.text.includes(contains))
      return fail(`${url} answered ${status}, but without "${contains}"`);
    return pass(`${url} answered ${status}`);
  },
  { quick: true },
);
