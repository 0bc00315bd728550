import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { addAbortSignal } from "node:stream";
import { checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import { defineCheck, fail, pass, warn } from "../check.ts";

interface Shown {
  readonly certificate: PeerCertificate;
  /** What is wrong with the chain, in OpenSSL's words; `undefined` when it leads to a trusted authority. */
  readonly fault: string | undefined;
}

/**
 * Passes when the server shows a certificate that a trusted authority has signed, that is good for every name, and that
 * lasts `warnDays`; warns below that, fails below `failDays` and where it is not valid. Cannot tell without a handshake.
 */
export const certificate = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        host: z.string().min(1).describe("name or IP address to connect to"),
        port: z.int().min(1).max(65535).default(443).describe("TCP port that speaks TLS at once"),
        servername: z.string().min(1).optional().describe("name to ask for (SNI); default: the host"),
        names: z
          .array(z.string().min(1))
          .min(1)
          .optional()
          .describe("names it must be good for; default: the servername"),
        ca: z.string().min(1).optional().describe("file with the authority to trust, PEM; default: those of Node"),
        warnDays: z.int().positive().default(30).describe("warns when it lasts fewer days"),
        failDays: z.int().positive().default(7).describe("fails when it lasts fewer days"),
        timeoutSeconds: z
          .number()
          .positive()
          .max(300)
          .default(10)
          .describe("longest time for the handshake, in seconds"),
      })
      .refine(({ warnDays, failDays }) => warnDays >= failDays, {
        error: "warns later than it fails: want at least failDays",
        path: ["warnDays"],
      }),
  async ({ host, port, servername = host, names = [servername], ca, warnDays, failDays, timeoutSeconds }, context) => {
    const shown = await shake(
      {
        host,
        port,
        ...(isIP(servername) ? {} : { servername }),
        ...(ca === undefined ? {} : { ca: await readFile(ca) }),
      },
      AbortSignal.any([context.signal, AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000))]),
    );
    const where = `${host}:${port}`;
    const daysLeft = (Date.parse(shown.certificate.valid_to) - Date.now()) / (24 * 3600 * 1000);
    const wrong = [...chainFault(shown, daysLeft), ...nameFaults(shown, names)];
    if (wrong.length > 0) return fail(`the certificate of ${where} ${wrong.join(", ")}`);
    const seen = `${where}: ${Math.floor(daysLeft)} days left, good for ${names.join(", ")}, by ${issuerOf(shown)}`;
    // Written so that a date that is none (NaN) fails.
    if (!(daysLeft >= failDays)) return fail(`${seen}, want ${failDays} days`);
    return daysLeft < warnDays ? warn(`${seen}, less than ${warnDays} days`) : pass(seen);
  },
  { quick: true },
);

/** Everything is looked at afterwards: whatever is wrong with the certificate must not end the handshake. */
function shake(options: { host: string; port: number; servername?: string; ca?: Buffer }, signal: AbortSignal) {
  return new Promise<Shown>((resolve, reject) => {
    const socket = connect({ ...options, rejectUnauthorized: false, checkServerIdentity: () => undefined });
    addAbortSignal(signal, socket);
    socket.on("error", reject);
    socket.on("secureConnect", () => {
      const fault = socket.authorized ? undefined : String(socket.authorizationError);
      resolve({ certificate: socket.getPeerCertificate(), fault });
      socket.destroy();
    });
  });
}

function chainFault({ certificate: { valid_to: end }, fault }: Shown, daysLeft: number): string[] {
  if (daysLeft < 0) return [`has expired on ${end}`];
  return fault === undefined ? [] : [faultsInWords[fault] ?? `is not valid (${fault})`];
}

const faultsInWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has an authority that has expired",
  CERT_SIGNATURE_FAILURE: "is not signed by the authority that it names",
  CERT_NOT_YET_VALID: "is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is signed by an authority that is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "cannot be followed to an authority: that is not trusted here, or the server leaves out an intermediate certificate",
};

function nameFaults({ certificate: shown }: Shown, names: readonly string[]): string[] {
  const wrong = names.filter((name) => checkServerIdentity(name, shown) !== undefined);
  return wrong.length === 0
    ? []
    : [`is not good for ${wrong.join(", ")} (it is for ${shown.subjectaltname ?? "no name"})`];
}

const issuerOf = ({ certificate: { issuer } }: Shown): string => [issuer.O ?? issuer.CN].flat().join(", ");
