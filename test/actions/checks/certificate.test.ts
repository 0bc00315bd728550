/** The check of a certificate, against servers that show good, old, foreign and no certificates. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { certificate } from "../../../actions/checks/certificate.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { type CertificateOptions, makeAuthority, makeCertificate, type Pair, serveTls } from "../../support/tls.ts";

const portOf = (url: string): number => Number(new URL(url).port);

async function ask(pair: Pair, args: object = {}): Promise<string[]> {
  const port = portOf(await serveTls(pair, (_, response) => response.end("hello")));
  return verdict({ port, ...args });
}

async function verdict(args: object): Promise<string[]> {
  const { result } = await act(certificate, { host: "127.0.0.1", ...args });
  return [result.verdict, result.seen.replaceAll(/127\.0\.0\.1:\d+/g, "HOST")];
}

async function askSigned(options: CertificateOptions = {}, args: object = {}): Promise<string[]> {
  const authority = await makeAuthority();
  return ask(await makeCertificate({ authority, ...options }), { ca: authority.file, ...args });
}

test("a trusted certificate with enough days passes, for every name it is good for", async () => {
  expect(await askSigned()).toEqual(["pass", "HOST: 89 days left, good for 127.0.0.1, by Test Authority"]);
  const names = ["shop.example", "*.shop.example"];
  expect(
    await askSigned({ names }, { servername: "shop.example", names: ["shop.example", "www.shop.example"] }),
  ).toEqual(["pass", "HOST: 89 days left, good for shop.example, www.shop.example, by Test Authority"]);
});

test("the name that is asked for is sent along", async () => {
  const authority = await makeAuthority();
  const pair = await makeCertificate({ authority, names: ["shop.example"] });
  const asked: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void): void => {
    asked.push(name);
    done(null);
  };
  const port = portOf(await serveTls({ ...pair, SNICallback }, () => undefined));
  const [answer] = await verdict({ port, ca: authority.file, servername: "shop.example" });
  expect([answer, asked]).toEqual(["pass", ["shop.example"]]);
});

test("few days are a warning, too few fail, by the limits given", async () => {
  const by = "good for 127.0.0.1, by Test Authority";
  expect(await askSigned({ days: 20.5 })).toEqual(["warn", `HOST: 20 days left, ${by}, less than 30 days`]);
  expect(await askSigned({ days: 6.5 })).toEqual(["fail", `HOST: 6 days left, ${by}, want 7 days`]);
  expect(await askSigned({ days: 6.5 }, { warnDays: 5, failDays: 5 })).toEqual(["pass", `HOST: 6 days left, ${by}`]);
});

test("expired, not valid yet, self-signed, by somebody unknown, and for other names: each fails in its own words", async () => {
  const [expired, words] = await askSigned({ days: -2, fromDays: -50 });
  expect([expired, words?.replace(/ on .*/, "")]).toEqual(["fail", "the certificate of HOST has expired"]);
  expect(await askSigned({ fromDays: 2 })).toEqual(["fail", "the certificate of HOST is not valid yet"]);
  expect(await ask(await makeCertificate())).toEqual(["fail", "the certificate of HOST is self-signed"]);
  expect(await askSigned({ names: ["shop.example"] })).toEqual([
    ...["fail", "the certificate of HOST is not good for 127.0.0.1 (it is for DNS:shop.example)"],
  ]);
  const authority = await makeAuthority();
  expect(await ask(await makeCertificate({ authority }))).toEqual([
    "fail",
    "the certificate of HOST cannot be followed to an authority: that is not trusted here, or the server leaves out an intermediate certificate",
  ]);
  expect(await askSigned({}, { ca: authority.file })).toEqual([
    ...["fail", "the certificate of HOST is not signed by the authority that it names"],
  ]);
});

test("several faults are told together", async () => {
  expect(await ask(await makeCertificate({ names: ["shop.example"] }))).toEqual([
    "fail",
    "the certificate of HOST is self-signed, is not good for 127.0.0.1 (it is for DNS:shop.example)",
  ]);
});

test("nobody there, no TLS, silence and a closed door cannot be judged", async () => {
  const port = portOf(await closedAddress());
  expect(await verdict({ port })).toEqual(["unknown", "connect ECONNREFUSED HOST"]);
  const plain = await serve((_, response) => response.end("hello"));
  const [answer, words] = await verdict({ port: portOf(plain) });
  expect([answer, words?.includes("SSL routines")]).toEqual(["unknown", true]);
  const listening = async (greet: "close" | "wait"): Promise<number> => {
    const server = createServer((socket) => (greet === "close" ? socket.end() : socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
    });
    return (server.address() as { port: number }).port;
  };
  expect(await verdict({ port: await listening("wait"), timeoutSeconds: 0.2 })).toEqual([
    ...["unknown", "The operation was aborted due to timeout"],
  ]);
  const [closed] = await verdict({ port: await listening("close") });
  expect(closed).toBe("unknown");
  const [nameless, noName] = await verdict({ host: "none.invalid" });
  expect([nameless, noName?.includes("none.invalid")]).toEqual(["unknown", true]);
  const [unread, noFile] = await verdict({ port, ca: "/none/authority.pem" });
  expect([unread, noFile?.includes("ENOENT")]).toEqual(["unknown", true]);
});

test("a warning that comes after the failure, and names that are none, are refused", () => {
  expect(() => call(certificate, { host: "a.example", warnDays: 3, failDays: 5 })).toThrow("want at least failDays");
  expect(() => call(certificate, { host: "a.example", names: [] })).toThrow("at names");
});
