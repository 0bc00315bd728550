/** One request as checks make it. */
import { expect, test } from "vitest";
import { request } from "../../../actions/checks/request.ts";
import { bodyOf, closedAddress, serve } from "../../support/context.ts";

const { signal } = new AbortController();

test("status, headers and text come back; a redirect is an answer like any other", async () => {
  const url = await serve((_, response) =>
    response.writeHead(302, { location: "/elsewhere", "x-a": "1" }).end("moved"),
  );
  const { status, headers, text } = await request(url, { signal, timeoutSeconds: 5 });
  expect([status, headers.get("location"), headers.get("x-a"), text]).toEqual([302, "/elsewhere", "1", "moved"]);
});

test("a form is sent as one", async () => {
  const url = await serve(async (received, response) => {
    const body = await bodyOf(received);
    response.end([received.method, received.headers["content-type"], received.headers.cookie, body].join(" | "));
  });
  const form = { method: "POST", headers: { cookie: "a=1" }, body: new URLSearchParams({ user: "a b" }) };
  const { text } = await request(url, { signal, timeoutSeconds: 5, ...form });
  expect(text).toBe("POST | application/x-www-form-urlencoded;charset=UTF-8 | a=1 | user=a+b");
});

test("nobody there, no answer within the time, and half an answer are errors; so is being told to stop", async () => {
  await expect(request(await closedAddress(), { signal, timeoutSeconds: 5 })).rejects.toThrow("fetch failed");
  const silent = await serve(() => undefined);
  const late = "The operation was aborted due to timeout";
  await expect(request(silent, { signal, timeoutSeconds: 0.1 })).rejects.toThrow(late);
  const half = await serve((_, response) => void response.writeHead(200).write("half"));
  await expect(request(half, { signal, timeoutSeconds: 0.1 })).rejects.toThrow(late);
  await expect(request(silent, { signal: AbortSignal.abort(), timeoutSeconds: 5 })).rejects.toThrow("aborted");
});

test("an answer without an end is cut off before it fills the memory", async () => {
  const url = await serve((_, response) => {
    const part = Buffer.alloc(1024 * 1024);
    const go = (): void => void (response.write(part) ? setImmediate(go) : response.once("drain", go));
    go();
  });
  await expect(request(url, { signal, timeoutSeconds: 30 })).rejects.toThrow(`${url} answered more than 32 MB`);
});
