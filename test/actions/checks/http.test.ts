/** The check of one page: pass, fail, cannot tell, and arguments that say too little. */
import { expect, test } from "vitest";
import { http } from "../../../actions/checks/http.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";

const verdict = async (args: Parameters<typeof act<never, object, { verdict: string; seen: string }, object>>[1]) => {
  const { result } = await act(http, args as { url: string });
  return [result.verdict, result.seen];
};
const page = (): Promise<string> =>
  serve((request, response) => response.writeHead(request.url === "/" ? 200 : 404).end("<form>Log in</form>"));

test("a page that answers as expected passes", async () => {
  const url = `${await page()}/`;
  expect(await verdict({ url })).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url, contains: "<form" })).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url: `${url}none`, status: 404 })).toEqual(["pass", `${url}none answered 404`]);
});

test("another status, and a page without the words, fail", async () => {
  const url = `${await page()}/`;
  expect(await verdict({ url: `${url}none` })).toEqual(["fail", `${url}none answered 404, want 200`]);
  expect(await verdict({ url, contains: "Welcome" })).toEqual(["fail", `${url} answered 200, but without "Welcome"`]);
});

test("nobody there, and nobody in time, cannot be judged", async () => {
  const url = await closedAddress();
  expect(await verdict({ url })).toEqual(["unknown", `connect ECONNREFUSED 127.0.0.1:${new URL(url).port}`]);
  const silent = await serve(() => undefined);
  expect(await verdict({ url: silent, timeoutSeconds: 0.1 })).toEqual([
    "unknown",
    "The operation was aborted due to timeout",
  ]);
});

test("wrong arguments are refused, all at once", () => {
  const args = { url: "nowhere", status: 99, contains: "", timeoutSeconds: 301, expected: 1 };
  expect(() => call(http, args)).toThrow(
    new TypeError(
      [
        "actions/checks/http: its arguments are wrong",
        '✖ Unrecognized key: "expected"',
        "✖ Invalid URL",
        "  → at url",
        "✖ Too small: expected number to be >=100",
        "  → at status",
        "✖ Too small: expected string to have >=1 characters",
        "  → at contains",
        "✖ Too big: expected number to be <=300",
        "  → at timeoutSeconds",
      ].join("\n"),
    ),
  );
});

test("one of several statuses is enough, and headers, words and their absence are looked at together", async () => {
  const url = await serve((request, response) => {
    response.setHeader("x-frame-options", "DENY").setHeader("content-type", "text/html; charset=utf-8");
    response.writeHead(request.url === "/made" ? 201 : 200).end("<form>Log in</form> Debug: on");
  });
  expect(await verdict({ url: `${url}/made`, status: [200, 201] })).toEqual(["pass", `${url}/made answered 201`]);
  expect(await verdict({ url, status: [403, 404] })).toEqual(["fail", `${url} answered 200, want one of 403, 404`]);
  const headers = { "X-Frame-Options": "DENY", "content-type": { contains: "text/html" } };
  expect(await verdict({ url, headers, contains: ["<form", "Log in"], lacks: ["Traceback"] })).toEqual([
    ...["pass", `${url} answered 200`],
  ]);
  const wrong = { "x-frame-options": "SAMEORIGIN", "content-type": { contains: "json" }, "x-none": "1" };
  expect(
    await verdict({ url, headers: wrong, contains: ["Log in", "Sign up"], lacks: ["Traceback", "Debug"] }),
  ).toEqual([
    "fail",
    `${url} answered 200, but x-frame-options is "DENY", want "SAMEORIGIN", ` +
      'content-type is "text/html; charset=utf-8", want something with "json", ' +
      'without the header x-none, want "1", without "Sign up", with "Debug"',
  ]);
});

test("a redirect is judged by where it leads, and not followed", async () => {
  const moving = (location?: string): Promise<string> =>
    serve((_, response) => response.writeHead(302, location === undefined ? {} : { location }).end());
  const lead = async (location: string | undefined, want: string): Promise<string[]> => {
    const url = await moving(location);
    const seen = await verdict({ url, status: 302, location: want.replace("URL", url) });
    return seen.map((text) => text.replaceAll(url, "URL"));
  };
  expect(await lead("/login?next=%2F", "/login?next=%2F")).toEqual(["pass", "URL answered 302"]);
  expect(await lead("login", "URL/login")).toEqual(["pass", "URL answered 302"]);
  expect(await lead("https://other.example/login", "https://other.example/login")).toEqual([
    "pass",
    "URL answered 302",
  ]);
  expect(await lead("https://other.example/login", "/login")).toEqual([
    ...["fail", "URL answered 302, but leads to https://other.example/login, want /login"],
  ]);
  expect(await lead("/?code=s3cret", "/login")).toEqual([
    "fail",
    "URL answered 302, but leads to URL/?..., want /login",
  ]);
  expect(await lead("http://[", "/login")).toEqual(["fail", "URL answered 302, but leads to nowhere, want /login"]);
  expect(await lead(undefined, "/login")).toEqual(["fail", "URL answered 302, but without a location, want /login"]);
});

test("method, headers, body and token are sent, and the token is not told", async () => {
  const url = await serve(async (request, response) => {
    const { method, headers } = request;
    const body = await bodyOf(request);
    response.end([method, headers["x-a"], headers["content-type"], headers.authorization, body].join(" "));
  });
  const args = { url, method: "POST", send: { "x-a": "1", "content-type": "text/x" }, body: "hello", bearer: "TOKEN" };
  const { result } = await act(
    http,
    { ...args, method: "POST", contains: "POST 1 text/x Bearer t0ken hello" },
    { secrets: { TOKEN: "t0ken" } },
  );
  expect([result.verdict, result.seen]).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url, method: "HEAD" })).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url, bearer: "NONE" })).toEqual(["unknown", "step: was not given the secret NONE"]);
});

test("a preview sends no POST", async () => {
  let asked = 0;
  const url = await serve((_, response) => response.end(String((asked += 1))));
  const { result } = await act(http, { url, method: "POST" }, { rollout: "" });
  expect([result.verdict, result.seen, asked]).toEqual(["unknown", `${url}: a preview sends no POST`, 0]);
});

test("an answer that hangs, has no end, leads to itself or is no HTTP is judged in time", async () => {
  const hanging = await serve((_, response) => void response.writeHead(200).write("half"));
  expect(await verdict({ url: hanging, timeoutSeconds: 0.2 })).toEqual([
    ...["unknown", "The operation was aborted due to timeout"],
  ]);
  const endless = await serve((_, response) => {
    const part = Buffer.alloc(1024 * 1024);
    const go = (): unknown => (response.write(part) ? setImmediate(go) : response.once("drain", go));
    go();
  });
  expect(await verdict({ url: endless })).toEqual(["unknown", `${endless} answered more than 32 MB`]);
  const loop = await serve((_, response) => response.writeHead(302, { location: "/" }).end());
  expect(await verdict({ url: loop })).toEqual(["fail", `${loop} answered 302, want 200`]);
  const garbage = await serve((request) => request.socket.end("\u0000\u0001garbage\r\n\r\n"));
  const [answer] = await verdict({ url: garbage });
  const [nameless] = await verdict({ url: "http://none.invalid/" });
  expect([answer, nameless]).toEqual(["unknown", "unknown"]);
});

test.each<[object, string]>([
  [{ status: [] }, "expected array to have >=1 items"],
  [{ contains: [] }, "expected array to have >=1 items"],
  [{ lacks: [] }, "expected array to have >=1 items"],
  [{ lacks: [""] }, "expected string to have >=1 characters"],
  [{ headers: {} }, "expects no header: name one and its text, or leave it out"],
  [{ headers: { "Set-Cookie": "a=1" } }, "the check `cookie` looks at it"],
  [{ headers: { "x a": "1" } }, "headers"],
  [{ location: "/login" }, "only a redirect has a location: give its status, such as 302, or [301, 308]"],
  [{ location: "/login", status: [200, 302] }, "only a redirect has a location"],
  [{ body: "x" }, 'only a POST has a body: add method: "POST"'],
  [{ method: "HEAD", contains: "x" }, "the answer to a HEAD has no body to look into: ask with GET"],
  [{ method: "DELETE" }, "method"],
])("%j is refused", (args, message) => {
  expect(() => call(http, { url: "http://localhost/", ...args })).toThrow(message);
});
