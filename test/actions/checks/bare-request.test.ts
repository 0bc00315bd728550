/** A request by hand: its Host, where it comes from, and errors. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { bareHost, bareRequest, codeOf, isClosed, isTimeout } from "../../../actions/checks/bare-request.ts";
import { closedAddress, serve } from "../../support/context.ts";
import { makeCertificate, serveTls, serveTrusted } from "../../support/tls.ts";

const limits = { signal: new AbortController().signal, timeoutSeconds: 5 };

async function errorOf(url: string, options: object = {}): Promise<Error> {
  return bareRequest(url, { ...limits, ...options }).then(
    () => new Error("answered"),
    (error: unknown) => error as Error,
  );
}

test("Host and the address to ask from are as given", async () => {
  const url = await serve(({ headers, socket }, response) =>
    response.setHeader("x-seen", `${headers.host ?? ""} ${socket.remoteAddress ?? ""}`).end(),
  );
  const seen = async (options: object): Promise<unknown> =>
    (await bareRequest(url, { ...limits, ...options })).headers["x-seen"];
  expect(await seen({})).toBe(`${new URL(url).host} 127.0.0.1`);
  expect(await seen({ host: "shop.example", localAddress: "127.0.0.2" })).toBe("shop.example 127.0.0.2");
});

test("over TLS the certificate must be that of the address, whatever Host says", async () => {
  const trusted = await serveTrusted((request, response) =>
    response.setHeader("x-host", request.headers.host ?? "").end(),
  );
  const { status, headers } = await bareRequest(trusted, { ...limits, host: "shop.example" });
  expect([status, headers["x-host"]]).toEqual([200, "shop.example"]);
  const untrusted = await serveTls(await makeCertificate(), () => undefined);
  expect(codeOf(await errorOf(untrusted))).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("only the head of an answer is waited for; redirects are answers", async () => {
  const url = await serve((_, response) => void response.writeHead(302, { location: "/" }).write("half"));
  expect((await bareRequest(url, limits)).status).toBe(302);
});

test("refused and closed connections, and silence, are told from other errors", async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const closing = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const silent = await serve(() => undefined);
  const garbage = await serve(({ socket }) => socket.end("garbage"));
  const errors = [
    await errorOf(await closedAddress()),
    await errorOf(closing),
    await errorOf(silent, { timeoutSeconds: 0.1 }),
    await errorOf(garbage),
    await errorOf("http://none.invalid/"),
    await errorOf(silent, { signal: AbortSignal.abort() }),
  ];
  expect(errors.map(isClosed)).toEqual([true, true, false, false, false, false]);
  expect(errors.map(isTimeout)).toEqual([false, false, true, false, false, false]);
  expect(errors.map(({ message }) => message)).not.toContain("answered");
});

test("IPv6 addresses stand in brackets only in a URL", () => {
  expect(["[::1]", "a.example", "127.0.0.1"].map(bareHost)).toEqual(["::1", "a.example", "127.0.0.1"]);
});
