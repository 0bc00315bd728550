import type { Zod } from "../action.ts";
import { parseJson } from "../json-file.ts";
import { type ExpectedValues, expectedValuesSchema, wrongValue } from "./json-values.ts";
import type { Answer } from "./request.ts";

/** What an answer should be like. */
export interface AnswerExpectation {
  readonly status: number;
  readonly contains?: string | undefined;
  readonly location?: string | undefined;
  readonly json?: ExpectedValues | undefined;
}

export const answerExpectationSchema = (z: Zod) =>
  z.strictObject({
    status: z.int().min(100).max(599).describe("status of the answer"),
    contains: z.string().min(1).optional().describe("what stands in its body"),
    location: z.string().min(1).optional().describe("where it redirects to: a path of the site, or a whole address"),
    json: expectedValuesSchema(z).optional().describe("values in its JSON, by their paths (order.state)"),
  });

/** What is wrong with an answer that came from `path` at `address`, undefined for nothing. */
export function mismatch(
  { status, headers, text }: Pick<Answer, "status" | "headers" | "text">,
  expect: AnswerExpectation,
  address: string,
): string | undefined {
  if (status !== expect.status) return `answered ${status}, want ${expect.status}`;
  if (expect.location !== undefined) {
    const location = headers.get("location") ?? "";
    const [seen, want] = [URL.parse(location, address), URL.parse(expect.location, address)];
    if (location === "" || seen?.href !== want?.href)
      return `redirects to ${place(location, seen, address)}, want ${expect.location}`;
  }
  if (expect.contains !== undefined && !text.includes(expect.contains))
    return `answered ${status}, but without "${expect.contains}"`;
  if (expect.json === undefined) return undefined;
  const body = parseJson(text);
  return body === undefined ? `answered ${status}, but not with JSON` : wrongValue(body, expect.json);
}

/** Without what stands behind the question mark: tokens do. */
function place(location: string, url: URL | null, address: string): string {
  if (location === "") return "nowhere";
  if (url === null) return "no address";
  const site = url.origin === new URL(address).origin ? "" : url.origin;
  return `${site}${url.pathname}${url.search === "" ? "" : "?..."}`;
}
