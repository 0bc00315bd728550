/** The header Set-Cookie as browsers read it. */
import { expect, test } from "vitest";
import { parseSetCookie } from "../../../actions/checks/set-cookie.ts";

test("name and attributes are read, in whatever case", () => {
  expect(parseSetCookie("sid=a=b; HTTPONLY; secure;SameSite=LAX; Path=/app ; Domain=a.example; Max-Age=60")).toEqual({
    ...{ name: "sid", value: "a=b", isKept: true, httpOnly: true, secure: true, sameSite: "lax" },
    ...{ path: "/app", domain: "a.example", maxAgeSeconds: 60 },
  });
  expect(parseSetCookie("sid=1")).toEqual({
    ...{ name: "sid", value: "1", isKept: true, httpOnly: false, secure: false, sameSite: "" },
    ...{ path: "", domain: "", maxAgeSeconds: undefined },
  });
});

test("Max-Age goes before Expires, and the last of two counts", () => {
  const future = new Date(Date.now() + 3_600_000).toUTCString();
  expect(parseSetCookie(`a=1; Max-Age=5; Expires=${future}`).maxAgeSeconds).toBe(5);
  expect(parseSetCookie("a=1; Max-Age=5; Max-Age=7").maxAgeSeconds).toBe(7);
  const lives = parseSetCookie(`a=1; Expires=${future}; Max-Age=soon`).maxAgeSeconds ?? 0;
  expect([lives > 3590, lives <= 3600]).toEqual([true, true]);
});

test.each(["a=", "a=1; Max-Age=0", "a=1; Max-Age=-1", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ""])(
  "%j takes the cookie back",
  (line) => {
    expect(parseSetCookie(line).isKept).toBe(false);
  },
);
