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

  constructor(salt: string) {
    this.salt = salt;
  }

  /** A new salt under the user's passphrase, as `stack init` makes it. */
  static async create(): Promise<Secrets> {
    const salt = randomBytes(8).toString("base64");
    const key = await deriveKey(salt);
    const secrets = new Secrets(`v1:${salt}:${encrypt(key, "pulumi")}`);
    secrets.key = key;
    return secrets;
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
    decrypt(key, check.join(":"));
    this.key = key;
  }

  encrypt(text: string): string {
    return encrypt(this.key, text);
  }

  decrypt(text: string): string {
    return decrypt(this.key, text);
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

function encrypt(key: Buffer | undefined, text: string): string {
  if (!key) throw new Error("a secret is made before unlock");
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function decrypt(key: Buffer | undefined, text: string): string {
  if (!key) throw new Error("a secret is opened before unlock");
  const [, nonce = "", sealed = ""] = text.split(":");
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
  } catch {
    throw new UserError("incorrect passphrase");
  }
}
