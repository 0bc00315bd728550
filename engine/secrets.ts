import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import * as values from "./property-value.ts";
import { UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

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

  constructor(salt: string, key?: Buffer) {
    this.salt = salt;
    this.key = key;
  }

  /** A new salt under the user's passphrase, as `stack init` makes it. */
  static async create(): Promise<Secrets> {
    const salt = randomBytes(8).toString("base64");
    const key = await deriveKey(salt);
    return new Secrets(`v1:${salt}:${new Secrets("", key).encrypt("pulumi")}`, key);
  }

  /** Makes the key and checks the passphrase; everything below is synchronous after it. */
  unlock(): Promise<void> {
    this.unlocking ??= this.key ? Promise.resolve() : this.makeKey();
    return this.unlocking;
  }

  private async makeKey(): Promise<void> {
    const [version, salt = "", ...check] = this.salt.split(":");
    if (version !== "v1") throw new UserError("malformed encryption salt");
    const key = await deriveKey(salt);
    new Secrets("", key).decrypt(check.join(":"));
    this.key = key;
  }

  encrypt(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.unlocked(), nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(text: string): string {
    const [nonce = Buffer.of(), sealed = Buffer.of()] = text
      .split(":")
      .slice(1)
      .map((part) => Buffer.from(part, "base64"));
    const key = this.unlocked();
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
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
  open(map: PropertyMap, place: string): PropertyMap {
    return changeSecrets(map, ({ plaintext, ciphertext }, path) => {
      const text = typeof plaintext === "string" ? plaintext : this.decrypt(values.asText(ciphertext));
      if (typeof ciphertext === "string") this.known.set(`${place}\n${path}\n${text}`, ciphertext);
      return values.secret(JSON.parse(text) as PropertyValue);
    });
  }

  seal(map: PropertyMap, place: string): PropertyMap {
    return changeSecrets(map, ({ value }, path) => {
      const text = JSON.stringify(value);
      const at = `${place}\n${path}\n${text}`;
      const ciphertext = this.known.get(at) ?? this.encrypt(text);
      this.known.set(at, ciphertext);
      return values.sealedSecret(ciphertext);
    });
  }
}

function changeSecrets(map: PropertyMap, change: (item: PropertyMap, path: string) => PropertyMap): PropertyMap {
  return values.mapValue(map, (item, path) => (values.isSecret(item) ? change(item, path) : undefined)) as PropertyMap;
}

export function passphrase(): string {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (text !== undefined) return text;
  if (file) return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  throw new UserError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
}

function deriveKey(salt: string): Promise<Buffer> {
  return promisify(pbkdf2)(passphrase(), Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
}
