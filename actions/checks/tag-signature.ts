import { resolve } from "node:path";
import type { Context } from "../action.ts";
import { fail, pass, reason, unknown, type Verdict } from "../check.ts";
import { plain } from "../plain.ts";
import { gitCommand } from "../source/git-command.ts";

/** Whose signatures are good. */
export interface Signers {
  /** OpenSSH's file of allowed signers. */
  readonly allowedSigners?: string | undefined;
  /** GnuPG's folder, with the keys of those who may sign. */
  readonly gpgHome?: string | undefined;
}

type Answer = Pick<Verdict, "verdict" | "seen">;

/** What git and the programs it asks say of a signature that is seen to be wrong; all else could not be judged. */
const wrong: readonly (readonly [RegExp, string])[] = [
  [/\bREVKEYSIG\b/, "is signed with a key that was revoked"],
  [/\bEXPKEYSIG\b|\bEXPSIG\b|not yet valid|key has expired/, "is signed with a key that is not valid now"],
  [/No principal matched/, "is signed by somebody who is not among the allowed signers"],
  [
    /Could not verify signature|incorrect signature|Signature verification failed|\bBADSIG\b/,
    "has a signature that is not good: its text was changed, or the key revoked",
  ],
];

/** Why a signature could not be judged, and what to do. */
const unclear: readonly (readonly [RegExp, string])[] = [
  [/\bNO_PUBKEY\b/, "is signed with a key that is not known here: import it, or name gpgHome"],
  [/allowedSignersFile needs to be configured/, "cannot be verified: name allowedSigners"],
  [
    /[Uu]nable to open allowed keys file|allowed keys file.*[Nn]o such file/,
    "cannot be verified: the file of allowed signers is not there",
  ],
  [/cannot run|cannot exec/, "cannot be verified: install openssh-client or gpg"],
];

/** Judges the signature of an annotated tag: none, or a wrong one, fails. */
export async function judgeSignature(
  repository: string,
  tag: string,
  { allowedSigners, gpgHome }: Signers,
  { exec }: Pick<Context, "exec">,
): Promise<Answer> {
  const object = await exec(gitCommand(repository, "cat-file", "tag", `refs/tags/${tag}`), { cwd: "." });
  const kind = /^-----BEGIN (SSH|PGP) (?:SIGNATURE|MESSAGE)-----$/m.exec(object)?.[1];
  if (kind === undefined) return fail(`${tag} is not signed: git tag --sign says who it is from`);
  const signers = allowedSigners === undefined ? [] : ["-c", `gpg.ssh.allowedSignersFile=${resolve(allowedSigners)}`];
  try {
    await exec(gitCommand(repository, ...programs, ...signers, "verify-tag", "--raw", `refs/tags/${tag}`), {
      cwd: ".",
      environment: { LC_ALL: "C", ...(gpgHome === undefined ? {} : { GNUPGHOME: resolve(gpgHome) }) },
    });
    return pass(`${tag} is signed (${kind})`);
  } catch (error) {
    const words = plain(reason(error)).replace(/\s+/g, " ");
    const cause = unclear.find(([pattern]) => pattern.test(words))?.[1];
    if (cause !== undefined) return unknown(`${tag} ${cause}`);
    const fault = wrong.find(([pattern]) => pattern.test(words))?.[1];
    return fault === undefined ? unknown(`${tag} cannot be verified: ${words}`) : fail(`${tag} ${fault}`);
  }
}

/** What is run to verify is no matter of the repository's own settings. */
const programs = ["-c", "gpg.program=gpg", "-c", "gpg.openpgp.program=gpg", "-c", "gpg.ssh.program=ssh-keygen"];
