/** An event stream, as it should be and wrong in every way. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { sse } from "../../../actions/checks/sse.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { password, serveSite, signsIn } from "../../support/site.ts";

type Stream = (response: ServerResponse) => unknown;

const streaming = (stream: Stream, type = "text/event-stream; charset=utf-8"): Promise<string> =>
  serve((_, response) => {
    response.writeHead(200, { "content-type": type }).flushHeaders();
    stream(response);
  });

const event = (name = "tick"): string => `event: ${name}\ndata: 1\n\n`;

/** An event now, and one every so many milliseconds. */
const ticking =
  (milliseconds: number): Stream =>
  (response) => {
    response.write(event());
    const timer = setInterval(() => response.write(event()), milliseconds);
    response.once("close", () => clearInterval(timer));
  };

async function verdict(address: string, differing: object = {}): Promise<string[]> {
  const args = { address, path: "/events", firstWithinSeconds: 0.5, openSeconds: 0.6, timeoutSeconds: 0.5 };
  const { result } = await act(sse, { ...args, ...differing }, { secrets: { SMOKE: password } });
  return [result.verdict, result.seen.replaceAll(/\d+\.\d\d(?!\d)/g, "T")];
}

test("events that come one after another pass, and their times are told", async () => {
  const address = await streaming(ticking(100));
  const [answer, seen] = await verdict(address, { events: 3, everySeconds: 0.1, event: "tick" });
  expect([answer, seen?.replace(/\d+ events, after (T, )*T s/, "N events")]).toEqual([
    ...["pass", "/events: N events, still open after 0.6 s"],
  ]);
  expect(seen).toMatch(/^\/events: [4-7] events, after T, T, T, T/);
});

test.each<[string, Stream, object, string]>([
  ["an end", (response) => response.end(event()), {}, "ended after T s, want 0.6; 1 event, after T s"],
  ["silence", () => undefined, {}, "no event came, want the first within 0.5 s"],
  ["a late first event", ticking(300), { event: "tock" }, "no event came, want the first within 0.5 s"],
  ["too few events", ticking(2000), { events: 2 }, "1 event, after T s, want 2 within 0.6 s"],
  [
    "comments only",
    (response) => response.write(": hello\n\n: there\n\n"),
    {},
    "no event came, want the first within 0.5 s",
  ],
  [
    "a line without an end",
    (response) => response.write("x".repeat(400_000)),
    {},
    "broke off (a line of the stream has no end) after T s, want 0.6; no event came",
  ],
  [
    "a heap of events",
    (response) => setTimeout(() => response.write(event().repeat(4)), 300),
    { events: 4, everySeconds: 0.1 },
    "buffered: 4 events, after T, T, T, T s, though the server sends one every 0.1 s",
  ],
])("%s fails", async (_, stream, differing, seen) => {
  expect(await verdict(await streaming(stream), differing)).toEqual(["fail", `/events: ${seen}`]);
});

test("a stream that breaks off fails", async () => {
  const address = await streaming((response) => setTimeout(() => response.destroy(), 100));
  const [answer, seen] = await verdict(address);
  expect([answer, seen]).toEqual(["fail", "/events: broke off (terminated) after T s, want 0.6; no event came"]);
});

test("a stream without measure is heard to its end of time or of size, and not kept", async () => {
  const address = await streaming((response) => {
    const part = event().repeat(50_000);
    const go = (): unknown => (response.write(part) ? setImmediate(go) : response.once("drain", go));
    go();
  });
  const [answer, seen = ""] = await verdict(address, { openSeconds: 5 });
  expect([answer, seen]).toEqual([
    "fail",
    "/events: sent more than 32 MB after T s, want 5; 1000 or more events, after T, T, T, T, T, T, T, T, T, T, ... s",
  ]);
});

test("what is no event stream fails", async () => {
  const address = await streaming((response) => response.end("<html>"), "text/html");
  expect(await verdict(address)).toEqual(["fail", "/events is of type text/html, want text/event-stream"]);
  const missing = await serve((_, response) => response.writeHead(404).end());
  expect(await verdict(missing)).toEqual(["fail", "/events answered 404, want 200"]);
});

test("who has to sign in does, and headers are sent", async () => {
  const address = await serveSite(({ response, request, user }) => {
    if (user === undefined || request.headers["x-a"] !== "1") return response.writeHead(401).end();
    response.writeHead(200, { "content-type": "text/event-stream" }).write(event());
  });
  expect(await verdict(address)).toEqual(["fail", "/events answered 401, want 200"]);
  const [answer] = await verdict(address, { signIn: signsIn("kim"), headers: { "x-a": "1" } });
  expect(answer).toBe("pass");
  const refusing = await serve((_, response) => response.writeHead(503).end());
  expect(await verdict(refusing, { signIn: signsIn("kim") })).toEqual(["fail", "/login answered 503, want 200"]);
});

test("nobody there, no answer in time, and being told to stop are unknown", async () => {
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  expect(await verdict(await serve(() => undefined), { timeoutSeconds: 0.2 })).toEqual([
    ...["unknown", "/events: no answer within 0.2 s"],
  ]);
  const address = await streaming(ticking(100));
  const args = { address, path: "/events", openSeconds: 5 };
  const { result } = await act(sse, args, { signal: AbortSignal.timeout(200) });
  expect([result.verdict, result.seen]).toEqual(["unknown", "/events: told to stop"]);
});

test.each<[object, string]>([
  [{ events: 0 }, "at events"],
  [{ everySeconds: 1 }, "one event cannot show whether they are held back: ask for 2 at least"],
  [{ events: 6, everySeconds: 1 }, "is too short for so many events"],
  [{ firstWithinSeconds: 6 }, "is longer than the stream is looked at"],
])("%j is refused", (differing, refusal) => {
  expect(() => call(sse, { address: "http://localhost", path: "/events", ...differing })).toThrow(refusal);
});
