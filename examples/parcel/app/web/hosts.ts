import type { Configuration } from "../host/configuration.ts";

/** Whether visitors may ask for this host: an address that somebody else lets point here is none of ours. */
export function isAllowedHost({ allowedHosts }: Configuration, header = ""): boolean {
  const asked = header.toLowerCase();
  return allowedHosts.length === 0 || allowedHosts.includes(asked) || allowedHosts.includes(asked.replace(/:\d+$/, ""));
}
