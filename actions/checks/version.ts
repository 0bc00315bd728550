import { defineCheck, fail, pass } from "../check.ts";
import { request } from "./request.ts";

/** Passes when `url` answers JSON whose `release` and `commit` are the ones that were released. */
export const version = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url(),
      release: z.string().min(1),
      commit: z.string().regex(/^[0-9a-f]{40}$/),
      timeoutSeconds: z.number().positive().max(300).default(10),
    }),
  async ({ url, release, commit, timeoutSeconds }, { signal }) => {
    const answer = await request(url, { signal, timeoutSeconds });
    if (answer.status !== 200) return fail(`${url} answered ${answer.status}, want 200`);
    const seen = parse(answer.text);
    if (seen === undefined) return fail(`${url} answered 200, but not with JSON`);
    const name = `${String(seen?.release)} (${String(seen?.commit).slice(0, 7)})`;
    if (seen?.release === release && seen.commit === commit) return pass(`${url}: ${name}`);
    return fail(`${url}: ${name} answers, want ${release} (${commit.slice(0, 7)})`);
  },
  { quick: true },
);

function parse(text: string): { release?: unknown; commit?: unknown } | null | undefined {
  try {
    return JSON.parse(text) as { release?: unknown; commit?: unknown } | null;
  } catch {
    return undefined;
  }
}
