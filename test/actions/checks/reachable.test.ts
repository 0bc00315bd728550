/** The check of who can be reached, and of what must not be. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { reachable } from "../../../actions/checks/reachable.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { silentPort } from "../../support/silent-port.ts";
import { makeCertificate, serveTls, serveTrusted } from "../../support/tls.ts";

const portOf = (url: string): number => Number(new URL(url).port);
const openPort = async (): Promise<number> => portOf(await serve((_, response) => response.end()));
const closedPort = async (): Promise<number> => portOf(await closedAddress());

async function verdict(args: object): Promise<string[]> {
  const { result } = await act(reachable, { timeoutSeconds: 0.5, ...args });
  return [result.verdict, result.seen.replaceAll(/(127\.0\.0\.1:)\d+/g, "$1PORT")];
}

const host = "127.0.0.1";

test("a port that takes connections passes, and where it was asked from is told", async () => {
  const port = await openPort();
  expect(await verdict({ host, port })).toEqual(["pass", "127.0.0.1:PORT takes connections"]);
  expect(await verdict({ host, port, vantage: "the office" })).toEqual([
    ...["pass", "127.0.0.1:PORT takes connections from the office"],
  ]);
});

test("a port that refuses or says nothing, and a name that is none, fail", async () => {
  expect(await verdict({ host, port: await closedPort() })).toEqual(["fail", "127.0.0.1:PORT refuses connections"]);
  expect(await verdict({ host, port: await silentPort(), vantage: "the office" })).toEqual([
    ...["fail", "127.0.0.1:PORT does not answer from the office"],
  ]);
  expect(await verdict({ host: "none.invalid", port: 80, timeoutSeconds: 5 })).toEqual([
    ...["fail", "none.invalid:80 is not found: there is no such name"],
  ]);
});

test("an address passes with whatever answer below 500, over https too", async () => {
  const answering = (status: number): Promise<string> => serve((_, response) => response.writeHead(status).end());
  expect(await verdict({ url: await answering(404) })).toEqual(["pass", "http://127.0.0.1:PORT answered 404"]);
  expect(await verdict({ url: await answering(502), vantage: "the office" })).toEqual([
    ...["fail", "http://127.0.0.1:PORT answered 502 from the office"],
  ]);
  const trusted = await serveTrusted((_, response) => response.end());
  expect(await verdict({ url: trusted, timeoutSeconds: 5 })).toEqual(["pass", "https://127.0.0.1:PORT answered 200"]);
});

test("an address that refuses, hangs, hangs up, or has no such name fails", async () => {
  expect(await verdict({ url: await closedAddress() })).toEqual(["fail", "http://127.0.0.1:PORT refuses connections"]);
  expect(await verdict({ url: await serve(() => undefined) })).toEqual([
    "fail",
    "http://127.0.0.1:PORT takes connections, but gives no answer: The operation was aborted due to timeout",
  ]);
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.close();
  });
  const [closing, words] = await verdict({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}` });
  expect([closing, words]).toEqual([
    ...["fail", expect.stringMatching(/^http:\/\/127.0.0.1:PORT takes connections, but gives no answer: /) as string],
  ]);
  expect(await verdict({ url: "http://none.invalid/", timeoutSeconds: 5 })).toEqual([
    ...["fail", "http://none.invalid/ is not found: there is no such name"],
  ]);
});

test("what speaks something else, or is not trusted, was reached, and cannot be judged", async () => {
  const untrusted = await serveTls(await makeCertificate(), (_, response) => response.end());
  const garbage = await serve(({ socket }) => socket.end("garbage"));
  const [first] = await verdict({ url: untrusted, timeoutSeconds: 5 });
  const [second] = await verdict({ url: garbage });
  expect([first, second]).toEqual(["unknown", "unknown"]);
});

test("a port that must be closed passes when it refuses, and fails when it is open", async () => {
  const closed = { host, closed: true };
  expect(await verdict({ ...closed, port: await closedPort() })).toEqual([
    "pass",
    "127.0.0.1:PORT refuses connections",
  ]);
  expect(await verdict({ ...closed, port: await openPort(), vantage: "outside" })).toEqual([
    ...["fail", "127.0.0.1:PORT takes connections from outside, want it closed"],
  ]);
});

test("silence proves a port closed only where another port of the host is open", async () => {
  const args = { host, closed: true, port: await silentPort() };
  expect(await verdict(args)).toEqual([
    "unknown",
    "127.0.0.1:PORT does not answer: it may also be that nothing is reached; give an open port of 127.0.0.1 as control",
  ]);
  expect(await verdict({ ...args, control: await openPort() })).toEqual(["pass", "127.0.0.1:PORT does not answer"]);
  const control = await closedPort();
  expect(await verdict({ ...args, control })).toEqual([
    "unknown",
    `127.0.0.1:PORT, which should be open, is not reached: nothing is known about ${args.port}`,
  ]);
  const [nameless] = await verdict({ host: "none.invalid", port: 5432, closed: true, timeoutSeconds: 5 });
  expect(nameless).toBe("unknown");
});

test("what is cut off from here cannot be judged", async () => {
  const cutOff = async (args: object): Promise<string> =>
    (await act(reachable, args, { signal: AbortSignal.timeout(200) })).result.verdict;
  expect(await cutOff({ host, port: await silentPort() })).toBe("unknown");
  expect(await cutOff({ url: await serve(() => undefined) })).toBe("unknown");
});

test.each<[object, string]>([
  [{}, "want either url, or host and port"],
  [{ host }, "want host and port"],
  [{ port: 80 }, "want host and port"],
  [{ host, port: 80, url: "http://localhost/" }, "want either url, or host and port"],
  [{ url: "ftp://localhost/" }, "at url"],
  [{ url: "http://localhost/", closed: true }, "closed is about a port: give host and port"],
  [{ host, port: 80, control: 443 }, "control is another port than the one that must be closed"],
  [{ host, port: 80, control: 80, closed: true }, "control is another port than the one that must be closed"],
])("%j is refused", (args, message) => {
  expect(() => call(reachable, args)).toThrow(message);
});
