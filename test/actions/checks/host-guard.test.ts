/** The check that a site answers only to who it knows. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { hostGuard } from "../../../actions/checks/host-guard.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { serveTrusted } from "../../support/tls.ts";

interface Rules {
  readonly hosts?: readonly string[];
  readonly sources?: readonly string[];
  /** What a stranger gets: a status, a closed connection (0), or nothing at all (-1). */
  readonly refusal?: number;
}

const guarding =
  ({ hosts = ["shop.example"], sources = ["127.0.0.1", "127.0.0.2"], refusal = 421 }: Rules) =>
  ({ headers, socket }: IncomingMessage, response: ServerResponse): unknown => {
    const knows = hosts.includes(headers.host ?? "") && sources.includes(socket.remoteAddress ?? "");
    if (knows) return response.end("hello");
    if (refusal < 0) return undefined;
    return refusal === 0 ? socket.destroy() : response.writeHead(refusal).end();
  };

async function ask(rules: Rules, args: object = {}): Promise<string[]> {
  return verdict(await serve(guarding(rules)), { allowed: ["shop.example"], ...args });
}

async function verdict(url: string, args: object = {}): Promise<string[]> {
  const { result } = await act(hostGuard, { url, timeoutSeconds: 2, ...args });
  return [result.verdict, result.seen.replaceAll(url, "URL").replaceAll(new URL(url).host, "HOST")];
}

test.each([400, 403, 404, 421, 0])("who refuses strangers (%i) and answers its own passes", async (refusal) => {
  expect(await ask({ refusal })).toEqual(["pass", "URL answers shop.example and refuses foreign-host.invalid"]);
});

test("the address itself is the Host that is allowed, where none is named; over https, too", async () => {
  const own = ({ headers }: IncomingMessage, response: ServerResponse): unknown =>
    response.writeHead(headers.host?.startsWith("127.0.0.1:") ? 200 : 403).end();
  const passed = ["pass", "URL answers HOST and refuses foreign-host.invalid"];
  expect(await verdict(await serve(own))).toEqual(passed);
  expect(await verdict(await serveTrusted(own))).toEqual(passed);
});

test("several hosts, and where they are asked from, are as given", async () => {
  const rules = { hosts: ["shop.example", "www.shop.example"], sources: ["127.0.0.2"] };
  const args = { allowed: rules.hosts, foreign: ["a.example", "b.example:81"], source: "127.0.0.2" };
  expect(await ask(rules, args)).toEqual([
    ...["pass", "URL answers shop.example, www.shop.example and refuses a.example, b.example:81"],
  ]);
  expect(await ask(rules, { ...args, foreignSource: { localAddress: "127.0.0.3" } })).toEqual([
    ...["pass", "URL answers shop.example, www.shop.example and refuses a.example, b.example:81, 127.0.0.3"],
  ]);
});

test("another source may also hear nothing at all", async () => {
  const rules = { sources: ["127.0.0.1"], refusal: -1 };
  const url = await serve((request, response) =>
    request.headers.host === "shop.example" ? guarding(rules)(request, response) : response.writeHead(421).end(),
  );
  const args = { allowed: ["shop.example"], foreignSource: { localAddress: "127.0.0.2" }, timeoutSeconds: 0.3 };
  expect(await verdict(url, args)).toEqual([
    ...["pass", "URL answers shop.example and refuses foreign-host.invalid, 127.0.0.2"],
  ]);
  const { result } = await act(hostGuard, { url, ...args, timeoutSeconds: 5 }, { signal: AbortSignal.timeout(300) });
  expect(result.verdict).toBe("unknown");
});

test("who does not answer its own fails: its refusals prove nothing", async () => {
  expect(await ask({ hosts: [] })).toEqual(["fail", "URL answered 421 to the Host shop.example, want 200"]);
  expect(await ask({ sources: ["127.0.0.2"] })).toEqual([
    "fail",
    "URL answered 421 to the Host shop.example, want 200",
  ]);
});

test("who answers strangers fails, and so does who fails over them", async () => {
  const want = "want one of 400, 403, 404, 421 or a closed connection,";
  expect(await ask({ hosts: ["shop.example", "foreign-host.invalid"] })).toEqual([
    ...["fail", `URL answered 200, ${want} to the foreign Host foreign-host.invalid`],
  ]);
  expect(await ask({ refusal: 500 })).toEqual([
    ...["fail", `URL answered 500, ${want} to the foreign Host foreign-host.invalid`],
  ]);
  expect(await ask({}, { foreignSource: { localAddress: "127.0.0.2" } })).toEqual([
    ...["fail", `URL answered 200, ${want} from 127.0.0.2`],
  ]);
  expect(await ask({ refusal: 403 }, { refused: 421 })).toEqual([
    ...["fail", "URL answered 403, want 421 or a closed connection, to the foreign Host foreign-host.invalid"],
  ]);
});

test("nobody there, silence, and an address that is not ours cannot be judged", async () => {
  const [closed] = await verdict(await closedAddress());
  const [silent] = await ask({ refusal: -1 }, { timeoutSeconds: 0.2 });
  const [nameless] = await verdict("http://none.invalid/");
  const [foreign, why] = await ask({}, { source: "192.0.2.1" });
  expect([closed, silent, nameless, foreign]).toEqual(["unknown", "unknown", "unknown", "unknown"]);
  expect(why).toContain("EADDRNOTAVAIL");
});

test.each<[object, string]>([
  [{ url: "nowhere" }, "✖ Invalid URL"],
  [{ foreign: [] }, "expected array to have >=1 items"],
  [{ foreign: ["a b"] }, "want a Host header: a name, and a port if need be"],
  [{ foreign: ["localhost"] }, "the same Host cannot be allowed and foreign"],
  [{ status: [200, 403] }, "the same status cannot mean allowed and refused"],
  [{ foreignSource: { localAddress: "here" } }, "at foreignSource.localAddress"],
])("%j is refused", (args, message) => {
  expect(() => call(hostGuard, { url: "http://localhost/", ...args })).toThrow(message);
});
