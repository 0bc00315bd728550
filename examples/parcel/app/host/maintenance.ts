import { createHash, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Maintenance {
  readonly message: string;
  readonly retryAfterSeconds: number;
  /** True for the secret that lets its owner look at the service meanwhile. */
  admits(secret: string | undefined): boolean;
}

const unreadable = { until: "", message: "Parcel is being worked on.", bypassDigest: "" };

/** The maintenance that is on now, or undefined. It ends by itself when `until` has passed. */
export function maintenanceOf(host: string): Maintenance | undefined {
  const file = join(host, "maintenance.json");
  if (!existsSync(file)) return undefined;
  const { until, message, bypassDigest } = read(file);
  const end = Date.parse(until);
  if (end <= Date.now()) return undefined;
  return {
    message,
    retryAfterSeconds: Number.isNaN(end) ? 30 : Math.max(1, Math.ceil((end - Date.now()) / 1000)),
    admits: (secret) => secret !== undefined && sameDigest(secret, bypassDigest),
  };
}

/** The file says that maintenance is on by being there; a half-written one must not let visitors in. */
function read(file: string): typeof unreadable {
  try {
    return { ...unreadable, ...(JSON.parse(readFileSync(file, "utf8")) as Partial<typeof unreadable>) };
  } catch {
    return unreadable;
  }
}

function sameDigest(secret: string, digest: string): boolean {
  const [a, b] = [createHash("sha256").update(secret).digest(), Buffer.from(digest, "hex")];
  return a.length === b.length && timingSafeEqual(a, b);
}
