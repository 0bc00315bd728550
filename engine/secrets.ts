import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { asText, mapSecrets, sealedSecret, secret, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { UserError } from "./user-error.ts";

/**
 * Pulumi's passphrase secrets provider: AES-256-GCM under a key made from the passphrase and the stack's salt.
 * Making the key takes a third of a second, so it happens once, on `unlock`, and only where a secret is opened or made.
 */
export class Secrets {
  readonly salt: string;
  private key: Buffer | undefined;
  private unlocking: Promise<void> | undefined;
  /** Ciphertext by place and plain text: a secret that did not change keeps its ciphertext. */
  private readonly known = new Map<string, string>();

  constructor(salt: string) {
    this.salt = salt;
  }

  /** A new salt under the user's passphrase, as `stack init` makes it. */
  static async create(): Promise<Secrets> {
    const salt = randomBytes(8).toString("base64");
    const secrets = new Secrets("");
    secrets.key = await deriveKey(salt);
    return new Secrets(`v1:${salt}:${secrets.encrypt("pulumi")}`);
  }

  /** Makes the key and checks the passphrase; everything below is synchronous after it. */
  unlock(): Promise<void> {
    this.unlocking ??= (async () => {
      const [version, salt = "", ...check] = this.salt.split(":");
      if (version !== "v1") throw new UserError("malformed encryption salt");
      this.key = await deriveKey(salt);
      this.decrypt(check.join(":"));
    })();
    return this.unlocking;
  }

  encrypt(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.unlocked(), nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(text: string): string {
    const [, nonce = "", base64 = ""] = text.split(":");
    const sealed = Buffer.from(base64, "base64");
    const key = this.unlocked();
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: 16 });
      decipher.setAuthTag(sealed.subarray(-16));
      return decipher.update(sealed.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
    } catch {
      throw new UserError("incorrect passphrase");
    }
  }

  private unlocked(): Buffer {
    if (!this.key) throw new Error("secrets are used before unlock");
    return this.key;
  }

  /** Secrets of the state (ciphertext) as secrets in memory (value). `place` names the owner. */
  open<T extends object>(sealed: T, place: string): T {
    return mapSecrets(sealed as PropertyMap, ({ plaintext, ciphertext }, path) => {
      const text = typeof plaintext === "string" ? plaintext : this.decrypt(asText(ciphertext));
      if (typeof ciphertext === "string") this.known.set(`${place}\n${path}\n${text}`, ciphertext);
      return secret(JSON.parse(text) as PropertyValue);
    }) as T;
  }

  seal<T extends object>(opened: T, place: string): T {
    return mapSecrets(opened as PropertyMap, ({ value }, path) => {
      const text = JSON.stringify(value);
      const at = `${place}\n${path}\n${text}`;
      const ciphertext = this.known.get(at) ?? this.encrypt(text);
      this.known.set(at, ciphertext);
      return sealedSecret(ciphertext);
    }) as T;
  }
}

export function passphrase(): string {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (text !== undefined) return text;
  if (file && !existsSync(file)) throw new UserError(`PULUMI_CONFIG_PASSPHRASE_FILE: there is no file ${file}`);
  if (file) return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  const variables = "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables";
  throw new UserError(`passphrase must be set with ${variables}`);
}

function deriveKey(salt: string): Promise<Buffer> {
  return promisify(pbkdf2)(passphrase(), Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
}
