/** The check that a site is there over https only, with real servers for both. */
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { httpsOnly } from "../../../actions/checks/https-only.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { silentPort } from "../../support/silent-port.ts";
import { makeCertificate, serveTls, serveTrusted } from "../../support/tls.ts";

const portOf = (url: string): number => Number(new URL(url).port);

/** What http does: `URL` in a location is the https address. */
type Plain = (response: ServerResponse, url: string) => unknown;

const moving =
  (status: number, location: string): Plain =>
  (response, url) =>
    response.writeHead(status, { location: location.replace("URL", url) }).end();

async function ask(plain: Plain, args: object = {}, status = 200): Promise<string[]> {
  const url = await serveTrusted((_, response) => response.writeHead(status).end("hello"));
  const plainPort = portOf(await serve((_, response) => plain(response, url)));
  return verdict(url, { plainPort, ...args });
}

async function verdict(url: string, args: object = {}): Promise<string[]> {
  const { result } = await act(httpsOnly, { urls: [`${url}/a`], ...args });
  return [result.verdict, result.seen.replaceAll(url, "URL").replaceAll(/http:\/\/127\.0\.0\.1(:\d+)?/g, "PLAIN")];
}

test.each([301, 302, 307, 308])("a redirect (%i) to https of the same host passes", async (status) => {
  expect(await ask(moving(status, "URL/a"))).toEqual(["pass", "URL/a answered 200, PLAIN/a leads to URL/a"]);
  expect(await ask(moving(status, "URL/b"), { plain: "redirect" }, 404)).toEqual([
    ...["pass", "URL/a answered 404, PLAIN/a leads to URL/b"],
  ]);
});

const either = "want a redirect to https of the same host, or no connection";

test.each<[string, Plain, string]>([
  ["a page", (response) => response.end("hello"), `PLAIN/a answered 200, ${either}`],
  ["an error", (response) => response.writeHead(500).end(), `PLAIN/a answered 500, ${either}`],
  ["a redirect after a form", moving(303, "URL/a"), `PLAIN/a answered 303, ${either}`],
  ["a redirect to http", moving(301, "/b"), `PLAIN/a leads to PLAIN/b, ${either}`],
  [
    ...["a redirect to another host", moving(301, "https://other.example/a")],
    `PLAIN/a leads to https://other.example/a, ${either}`,
  ] as [string, Plain, string],
  ["a redirect to nowhere", moving(301, "https://["), `PLAIN/a leads to nowhere, ${either}`],
])("%s over http fails", async (_, plain, seen) => {
  expect(await ask(plain)).toEqual(["fail", seen]);
});

test("a closed http port passes, unless a redirect is wanted; a redirect fails where it should be closed", async () => {
  const url = await serveTrusted((_, response) => response.end("hello"));
  const plainPort = portOf(await closedAddress());
  const closed = "URL/a answered 200, PLAIN/a is closed";
  expect(await verdict(url, { plainPort })).toEqual(["pass", closed]);
  expect(await verdict(url, { plainPort, plain: "closed" })).toEqual(["pass", closed]);
  expect(await verdict(url, { plainPort, plain: "redirect" })).toEqual([
    ...["fail", "PLAIN/a is closed, want a redirect to https of the same host"],
  ]);
  expect(await ask(moving(301, "URL/a"), { plain: "closed" })).toEqual([
    "fail",
    "PLAIN/a leads to URL/a, want no connection",
  ]);
});

test("who hangs up, and who drops what comes, is closed", async () => {
  const url = await serveTrusted((_, response) => response.end("hello"));
  const server = createServer((socket) => socket.on("data", () => socket.destroy()).on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const hangsUp = (server.address() as { port: number }).port;
  const closed = ["pass", "URL/a answered 200, PLAIN/a is closed"];
  expect(await verdict(url, { plainPort: hangsUp, plain: "closed" })).toEqual(closed);
  expect(await verdict(url, { plainPort: await silentPort(), plain: "closed", timeoutSeconds: 0.5 })).toEqual(closed);
});

test("an error over https fails", async () => {
  expect(await ask(moving(301, "URL/a"), {}, 500)).toEqual(["fail", "URL/a answered 500"]);
});

test("of several every fault is told; one that cannot be judged does not hide it", async () => {
  const good = await serveTrusted((_, response) => response.end("hello"));
  const bad = await serveTrusted((_, response) => response.writeHead(502).end());
  const gone = (await closedAddress()).replace("http:", "https:");
  const plainPort = portOf(await closedAddress());
  const ofAll = async (urls: string[]): Promise<string[]> => {
    const { result } = await act(httpsOnly, { urls, plainPort });
    return [result.verdict, result.seen.replaceAll(gone.replace("https://", ""), "GONE")];
  };
  expect(await ofAll([good, bad, gone, `${bad}/b`])).toEqual(["fail", `${bad} answered 502; ${bad}/b answered 502`]);
  expect(await ofAll([good, gone])).toEqual(["unknown", "https://GONE: connect ECONNREFUSED GONE"]);
});

test("without trust, and with http that hangs, nothing can be said", async () => {
  const untrusted = await serveTls(await makeCertificate(), (_, response) => response.end("hello"));
  const [answer] = await verdict(untrusted, { plainPort: portOf(await closedAddress()) });
  const [hanging] = await ask(() => undefined, { timeoutSeconds: 0.3 });
  const [nameless] = await verdict("https://none.invalid");
  expect([answer, hanging, nameless]).toEqual(["unknown", "unknown", "unknown"]);
});

test("no address, and one over http, are refused", () => {
  expect(() => call(httpsOnly, { urls: [] })).toThrow("expected array to have >=1 items");
  expect(() => call(httpsOnly, { urls: ["http://localhost/"] })).toThrow("want an address with https");
});
