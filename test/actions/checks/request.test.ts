/** One request as checks make it. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { expect, onTestFinished, test } from "vitest";
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
  // In milliseconds it is no whole number, which a timer would refuse.
  await expect(request(silent, { signal, timeoutSeconds: 0.1003 })).rejects.toThrow(late);
  const half = await serve((_, response) => void response.writeHead(200).write("half"));
  await expect(request(half, { signal, timeoutSeconds: 0.1 })).rejects.toThrow(late);
  await expect(request(silent, { signal: AbortSignal.abort(), timeoutSeconds: 5 })).rejects.toThrow("aborted");
});

test("an answer without an end is cut off before it fills the memory", async () => {
  const url = await serve((_, response) => {
    const part = Buffer.alloc(1024 * 1024);
    const go = (): unknown => (response.write(part) ? setImmediate(go) : response.once("drain", go));
    go();
  });
  await expect(request(url, { signal, timeoutSeconds: 30 })).rejects.toThrow(`${url} answered more than 32 MB`);
});

test("a certificate that nobody vouches for is an error", async () => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    ...{ keyType: "ec", algorithm: "sha256" },
  });
  const server = createServer({ key, cert }, (_, response) => response.end("secret"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(request(url, { signal, timeoutSeconds: 5 })).rejects.toMatchObject({
    cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
  });
});
