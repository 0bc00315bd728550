import type { Zod } from "../action.ts";
import type { Visitor } from "./visitor.ts";

/** A CSRF token that the site sets as a cookie and wants to have back, as many single-page applications do it. */
export interface CsrfCookie {
  readonly cookie: string;
  readonly header?: string | undefined;
  readonly field?: string | undefined;
  readonly page?: string | undefined;
}

export const csrfCookieSchema = (z: Zod) =>
  z
    .strictObject({
      cookie: z.string().min(1).describe("cookie that holds the token, such as XSRF-TOKEN"),
      header: z.string().min(1).optional().describe("header in which it is sent back, such as X-XSRF-TOKEN"),
      field: z.string().min(1).optional().describe("field of the form or the JSON in which it is sent back"),
      page: z.string().startsWith("/").optional().describe("page that sets the cookie; default: the one with the form"),
    })
    .refine(
      ({ header, field }) => header !== undefined || field !== undefined,
      "the token is sent back nowhere: name the header or the field",
    );

/** What is sent along with a request that changes something. */
export interface Token {
  readonly headers: Record<string, string>;
  readonly fields: Record<string, string>;
}

/** The token as the site wants it back; nothing while there is none. It is decoded as the usual libraries do it. */
export function tokenOf(cookies: Visitor["cookies"], csrf: CsrfCookie | undefined): Token {
  const value = csrf && cookies.get(csrf.cookie);
  if (csrf === undefined || value === undefined) return { headers: {}, fields: {} };
  const token = decoded(value);
  return {
    headers: csrf.header === undefined ? {} : { [csrf.header]: token },
    fields: csrf.field === undefined ? {} : { [csrf.field]: token },
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
