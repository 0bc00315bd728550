import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { asText, isSecret, mapValue, sealedSecret, secret } from "./property-value.ts";
import { UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

const iterations = 1_000_000;
const nonceBytes = 12;
const tagBytes = 16;

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
    const salt = randomBytes(8);
    const key = await deriveKey(salt);
    const secrets = new Secrets(`v1:${salt.toString("base64")}:${encrypt(key, "pulumi")}`);
    secrets.key = key;
    return secrets;
  }

  /** Makes the key and checks the passphrase; everything below is synchronous after it. */
  unlock(): Promise<void> {
    this.unlocking ??= this.deriveAndCheck();
    return this.unlocking;
  }

  private async deriveAndCheck(): Promise<void> {
    if (this.key) return;
    const [version, salt = "", ...check] = this.salt.split(":");
    if (version !== "v1") throw new UserError("malformed encryption salt");
    const key = await deriveKey(Buffer.from(salt, "base64"));
    if (tryDecrypt(key, check.join(":")) !== "pulumi") throw new UserError("incorrect passphrase");
    this.key = key;
  }

  encrypt(text: string): string {
    return encrypt(this.unlocked(), text);
  }

  decrypt(text: string): string {
    const opened = tryDecrypt(this.unlocked(), text);
    if (opened === undefined) throw new UserError("failed to decrypt: incorrect passphrase");
    return opened;
  }

  /** Secrets of the state (ciphertext) as secrets in memory (value). `place` names the owner. */
  open(map: PropertyMap, place: string): PropertyMap {
    return this.change(map, place, (item, at) => {
      const text = typeof item.plaintext === "string" ? item.plaintext : this.decrypt(asText(item.ciphertext));
      if (typeof item.ciphertext === "string") this.known.set(`${at}\n${text}`, item.ciphertext);
      return secret(JSON.parse(text) as PropertyValue);
    });
  }

  seal(map: PropertyMap, place: string): PropertyMap {
    return this.change(map, place, (item, at) => {
      const text = JSON.stringify(item.value);
      const ciphertext = this.known.get(`${at}\n${text}`) ?? this.encrypt(text);
      this.known.set(`${at}\n${text}`, ciphertext);
      return sealedSecret(ciphertext);
    });
  }

  private change(map: PropertyMap, place: string, f: (item: PropertyMap, at: string) => PropertyMap): PropertyMap {
    return mapValue(map, (item, path) => (isSecret(item) ? f(item, `${place}\n${path}`) : undefined)) as PropertyMap;
  }

  private unlocked(): Buffer {
    if (!this.key) throw new Error("secrets are used before unlock");
    return this.key;
  }
}

export function passphrase(): string {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (text !== undefined) return text;
  if (file) {
    try {
      return readFileSync(file, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      throw new UserError(`unable to read PULUMI_CONFIG_PASSPHRASE_FILE: ${(error as Error).message}`);
    }
  }
  throw new UserError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
}

function deriveKey(salt: Buffer): Promise<Buffer> {
  return promisify(pbkdf2)(passphrase(), salt, iterations, 32, "sha256");
}

function encrypt(key: Buffer, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function tryDecrypt(key: Buffer, text: string): string | undefined {
  const [version, nonce = "", sealed = ""] = text.split(":");
  const bytes = Buffer.from(sealed, "base64");
  if (version !== "v1" || bytes.length < tagBytes) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
