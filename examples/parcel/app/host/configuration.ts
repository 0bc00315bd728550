import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

export interface Configuration {
  /** Folder of the release. */
  readonly root: string;
  readonly release: string;
  readonly commit: string;
  readonly port: number;
  readonly address: string;
  readonly database: string;
  /** Folder for what outlives a release besides the database: uploaded files, ended sessions, the cache. */
  readonly shared: string;
  readonly sessionSecret: string;
  readonly smokePassword: string | undefined;
  /** Shared with the payment provider, who signs with it what it tells. */
  readonly paymentSecret: string | undefined;
  /** Host names that visitors may ask for; all of them where there is none. */
  readonly allowedHosts: readonly string[];
  readonly webWorkers: number;
  readonly startSeconds: number;
}

const required = ["RELEASE", "PORT", "HOST_ADDRESS", "DATABASE", "SESSION_SECRET"] as const;

/** Reads a release's own .env into a value, not into process.env: what the caller has in its environment cannot override
 * it, and no child process inherits the secrets. */
export function loadConfiguration(root: string): Configuration {
  const file = join(root, ".env");
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  const env = parseEnv(readFileSync(file, "utf8"));
  const missing = required.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`${file}: ${missing.join(", ")} missing`);
  return {
    root,
    release: env.RELEASE ?? "",
    commit: readRevision(root),
    port: wholeNumber(file, env, "PORT", 0),
    address: env.HOST_ADDRESS ?? "",
    database: env.DATABASE ?? "",
    sessionSecret: env.SESSION_SECRET ?? "",
    shared: resolve(env.SHARED ?? "shared"),
    smokePassword: env.SMOKE_PASSWORD === "" ? undefined : env.SMOKE_PASSWORD,
    paymentSecret: env.PAYMENT_SECRET === "" ? undefined : env.PAYMENT_SECRET,
    allowedHosts: (env.ALLOWED_HOSTS ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
    webWorkers: wholeNumber(file, env, "WEB_WORKERS", 2),
    startSeconds: wholeNumber(file, env, "START_SECONDS", 15),
  };
}

function readRevision(root: string): string {
  const file = join(root, "REVISION");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "unknown";
}

function wholeNumber(file: string, env: NodeJS.Dict<string>, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${file}: ${name} is not a whole number above 0, got "${text}"`);
  return Number(text);
}
