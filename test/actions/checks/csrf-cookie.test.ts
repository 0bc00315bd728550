/** A CSRF token that travels as a cookie and comes back as a header or a field. */
import { expect, test } from "vitest";
import * as z from "zod";
import { csrfCookieSchema, tokenOf } from "../../../actions/checks/csrf-cookie.ts";

const cookies = new Map([
  ["XSRF-TOKEN", "a%3D%3D"],
  ["odd", "50%"],
]);

test("the token is sent back where it is wanted, decoded", () => {
  expect(tokenOf(cookies, { cookie: "XSRF-TOKEN", header: "X-XSRF-TOKEN" })).toEqual({
    ...{ headers: { "X-XSRF-TOKEN": "a==" }, fields: {} },
  });
  expect(tokenOf(cookies, { cookie: "odd", field: "_token" })).toEqual({ headers: {}, fields: { _token: "50%" } });
});

test("without a cookie, or none that is meant, nothing is sent back", () => {
  expect(tokenOf(cookies, { cookie: "other", header: "X" })).toEqual({ headers: {}, fields: {} });
  expect(tokenOf(cookies, undefined)).toEqual({ headers: {}, fields: {} });
});

test("a token that is sent back nowhere is refused", () => {
  expect(csrfCookieSchema(z).safeParse({ cookie: "a" }).error?.issues[0]?.message).toBe(
    "the token is sent back nowhere: name the header or the field",
  );
});
