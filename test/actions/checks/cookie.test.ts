/** The check of a cookie: set with all that is wanted, or with each missing thing named. */
import { expect, test } from "vitest";
import { cookie } from "../../../actions/checks/cookie.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

const setting = (cookies: string[], status = 200): Promise<string> =>
  serve((_, response) => response.setHeader("set-cookie", cookies).writeHead(status).end("hello"));

async function verdict(url: string, args: object = {}): Promise<string[]> {
  const { result } = await act(cookie, { url, name: "sid", ...args });
  return [result.verdict, result.seen.replaceAll(url, "URL")];
}

const all = { httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAgeSeconds: 3600 };

test("a cookie with everything that is wanted passes, and its value is not told", async () => {
  const url = await setting(["lang=en", "sid=s3cret; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=3600"]);
  expect(await verdict(url, all)).toEqual([
    ...["pass", "URL sets sid: HttpOnly, Secure, SameSite=lax, Path=/, lives 3600 s"],
  ]);
  expect(await verdict(await setting(["sid=1"], 302), { status: [200, 302] })).toEqual(["pass", "URL sets sid"]);
});

test("each thing that is missing is named", async () => {
  expect(await verdict(await setting(["sid=s3cret"]), all)).toEqual([
    ...["fail", "URL sets sid without HttpOnly, Secure, SameSite=lax, Path=/, a life of 3600 s"],
  ]);
  const other = await setting(["sid=s3cret; HttpOnly; Secure; SameSite=Strict; Path=/app; Max-Age=60"]);
  expect(await verdict(other, all)).toEqual([
    "fail",
    "URL sets sid without SameSite=lax (it is strict), Path=/ (it is /app), a life of 3600 s (it is 60 s)",
  ]);
});

test("of several with the name, each must have it", async () => {
  const url = await setting(["sid=1; HttpOnly", "sid=2; Path=/app"]);
  expect(await verdict(url, { httpOnly: true })).toEqual(["fail", "URL sets sid without HttpOnly"]);
});

test("a cookie that is not set, or taken back, and another status fail", async () => {
  expect(await verdict(await setting(["lang=en"]))).toEqual(["fail", "URL does not set the cookie sid"]);
  expect(await verdict(await setting(["sid=; Max-Age=0"]))).toEqual(["fail", "URL takes the cookie sid back"]);
  expect(await verdict(await setting(["sid=1"], 500))).toEqual(["fail", "URL answered 500, want 200"]);
});

test("a cookie that browsers throw away fails", async () => {
  expect(await verdict(await setting(["sid=1; SameSite=None"]))).toEqual(["fail", "URL sets sid without Secure"]);
  expect(await verdict(await setting(["__Secure-a=1"]), { name: "__Secure-a" })).toEqual([
    ...["fail", "URL sets __Secure-a without Secure"],
  ]);
  const host = await setting(["__Host-a=1; Secure; Path=/app; Domain=a.example"]);
  expect(await verdict(host, { name: "__Host-a" })).toEqual([
    "fail",
    "URL sets __Host-a without Path=/ (it is /app), being for this host only (it is for a.example)",
  ]);
});

test("nobody there, nobody in time, and no such name cannot be judged", async () => {
  const [closed] = await verdict(await closedAddress());
  const [silent] = await verdict(await serve(() => undefined), { timeoutSeconds: 0.1 });
  const [nameless] = await verdict("http://none.invalid/");
  expect([closed, silent, nameless]).toEqual(["unknown", "unknown", "unknown"]);
});

test("a cookie without a name, and attributes that are unwanted, are refused", () => {
  const args = { url: "http://localhost/", name: "sid" };
  expect(() => call(cookie, { ...args, name: "" })).toThrow("at name");
  expect(() => call(cookie, { ...args, maxAgeSeconds: 0 })).toThrow("at maxAgeSeconds");
  expect(() => call(cookie, { ...args, secure: false as unknown as true })).toThrow("at secure");
});
