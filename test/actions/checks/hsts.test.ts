/** The check of Strict-Transport-Security, over real TLS. */
import { expect, test } from "vitest";
import { hsts } from "../../../actions/checks/hsts.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { makeCertificate, serveTls, serveTrusted } from "../../support/tls.ts";

async function ask(header: string | string[] | undefined, args: object = {}, status = 200): Promise<string[]> {
  const url = await serveTrusted((_, response) => {
    if (header !== undefined) response.setHeader("strict-transport-security", header);
    response.writeHead(status).end("hello");
  });
  return verdict(url, args);
}

async function verdict(url: string, args: object = {}): Promise<string[]> {
  const { result } = await act(hsts, { url, ...args });
  return [result.verdict, result.seen.replaceAll(url, "URL")];
}

const year = 31_536_000;
const name = "URL: Strict-Transport-Security:";

test.each<[string, object]>([
  ["max-age=15552000", {}],
  [`max-age=${year}; includeSubDomains; preload`, { includeSubDomains: true, preload: true, targetSeconds: year }],
  [`INCLUDESUBDOMAINS ; Max-Age="${year}";`, { includeSubDomains: true }],
  ["max-age=60", { maxAgeSeconds: 60 }],
])("%s passes", async (header, args) => {
  expect(await ask(header, args)).toEqual(["pass", `${name} ${header.trim()}`]);
});

test("less than the target is a warning", async () => {
  expect(await ask("max-age=15552000", { targetSeconds: year })).toEqual([
    ...["warn", `${name} max-age=15552000, less than ${year}`],
  ]);
});

test.each<[string | string[] | undefined, object, string]>([
  [undefined, {}, "URL answered 200 without Strict-Transport-Security"],
  ["max-age=15551999", {}, `${name} max-age=15551999, want a max-age of at least 15552000`],
  ["max-age=0", {}, `${name} max-age=0, want a max-age of at least 15552000`],
  ["includeSubDomains", {}, `${name} includeSubDomains, without a valid max-age`],
  [`max-age=-${year}`, {}, `${name} max-age=-${year}, without a valid max-age`],
  [`max-age=${year}; max-age=${year}`, {}, `${name} max-age=${year}; max-age=${year}, without a valid max-age`],
  [["max-age=60", `max-age=${year}`], {}, `${name} max-age=60, max-age=${year}, want a max-age of at least 15552000`],
  [
    ...([`max-age=${year}`, { includeSubDomains: true, preload: true }] as const),
    `${name} max-age=${year}, without includeSubDomains, preload`,
  ],
])("%j fails", async (header, args, seen) => {
  expect(await ask(header, args)).toEqual(["fail", seen]);
});

test("an error page fails, whatever it carries; a redirect does not", async () => {
  expect(await ask(`max-age=${year}`, {}, 502)).toEqual(["fail", "URL answered 502"]);
  expect(await ask(`max-age=${year}`, {}, 301)).toEqual(["pass", `${name} max-age=${year}`]);
});

test("without trust, without TLS, and with nobody there, nothing can be said", async () => {
  const untrusted = await serveTls(await makeCertificate(), (_, response) => response.end("hello"));
  const [answer, seen] = await verdict(untrusted);
  expect([answer, seen?.startsWith("self-signed certificate")]).toEqual(["unknown", true]);
  const others = [(await serve((_, response) => response.end())).replace("http:", "https:")];
  others.push((await closedAddress()).replace("http:", "https:"), "https://none.invalid/");
  const answers = await Promise.all(others.map(async (url) => (await verdict(url))[0]));
  expect(answers).toEqual(["unknown", "unknown", "unknown"]);
  const silent = await serveTls(await makeCertificate(), () => undefined);
  expect((await verdict(silent, { timeoutSeconds: 0.2 }))[0]).toBe("unknown");
});

test("an address over http, and a target below what fails, are refused", () => {
  expect(() => call(hsts, { url: "http://localhost/" })).toThrow(
    "want an address with https: over http browsers ignore HSTS",
  );
  expect(() => call(hsts, { url: "https://localhost/", targetSeconds: 60 })).toThrow(
    "the target is below what fails: want at least maxAgeSeconds",
  );
});
