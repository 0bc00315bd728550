/** Certificates and https servers for tests. */
import { writeFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./context.ts";

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Default: the loopback address and localhost. */
  readonly names?: readonly string[];
  /** When it ends, in days from now. Default: 90. */
  readonly days?: number;
  /** When it begins, in days from now. Default: a day ago, or a day before it ends. */
  readonly fromDays?: number;
  /** Who signs it. Default: itself. */
  readonly authority?: Pair;
  readonly isAuthority?: boolean;
}

const inDays = (days: number): Date => new Date(Date.now() + days * 24 * 3600 * 1000);

export async function makeCertificate(options: CertificateOptions = {}): Promise<Pair> {
  const { names = ["127.0.0.1", "localhost"], days = 90, authority, isAuthority = false } = options;
  const made = await generate([{ name: "commonName", value: isAuthority ? "Test Authority" : (names[0] ?? "") }], {
    ...{ keyType: "ec", algorithm: "sha256" },
    notBeforeDate: inDays(options.fromDays ?? Math.min(-1, days - 1)),
    notAfterDate: inDays(days),
    extensions: [
      { name: "basicConstraints", cA: isAuthority, critical: true },
      isAuthority
        ? { name: "keyUsage", keyCertSign: true, cRLSign: true }
        : { name: "keyUsage", digitalSignature: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
    ...(authority === undefined ? {} : { ca: authority }),
  });
  return { key: made.private, cert: made.cert };
}

/** An authority of its own, and the file that holds it. */
export async function makeAuthority(): Promise<Pair & { readonly file: string }> {
  const pair = await makeCertificate({ isAuthority: true, names: ["authority.invalid"] });
  const file = join(temporaryFolder(), "authority.pem");
  writeFileSync(file, pair.cert);
  return { ...pair, file };
}

/** An https server on the loopback until the test is over. Returns its address. */
export async function serveTls(
  options: ServerOptions,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer(options, (request, response) => void answer(request, response));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let trusted: Promise<Pair> | undefined;

/** An authority that this process trusts from now on, besides the usual ones. */
async function trust(): Promise<Pair> {
  const authority = await makeCertificate({ isAuthority: true, names: ["authority.invalid"] });
  setDefaultCACertificates([...getCACertificates("default"), authority.cert]);
  return authority;
}

/** An https server with a certificate that is trusted here. */
export async function serveTrusted(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  return serveTls(await makeCertificate({ authority: await (trusted ??= trust()) }), answer);
}
