import { configText, hasSecure, openConfig } from "../configuration.ts";
import { parseFlags } from "../command-line.ts";
import { openSession } from "../workspace.ts";
import { isObject } from "../property-value.ts";
import type { PropertyMap } from "../property-value.ts";
import type { Secrets } from "../secrets.ts";
import type { UpdateInfo } from "../backend.ts";

export async function history(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const { backend, name, secrets } = openSession(flags);
  const size = Number(flags["page-size"] ?? 10);
  const page = Number(flags.page ?? 1);
  const updates = backend.history(name).slice((page - 1) * size, page * size);
  const show = flags["show-secrets"] ?? false;
  if (show && updates.some(({ config }) => hasSecure(config))) await secrets.unlock();
  if (flags.json) {
    const entries = updates.map((update) => jsonEntry(update, show ? secrets : undefined));
    process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  } else process.stdout.write(updates.map(textEntry).join("\n") || "Stack has never been updated\n");
  return undefined;
}

function jsonEntry(update: UpdateInfo, secrets: Secrets | undefined): object {
  const { kind, startTime, message, environment, config, version, result, endTime, resourceChanges } = update;
  return {
    kind, version, startTime: isoTime(startTime), message, environment, config: shownConfig(config, secrets), result,
    endTime: isoTime(endTime), resourceChanges,
  }; // prettier-ignore
}

/** Every key with its value and whether it is secret; a secret's value only when the secrets are at hand. */
export function shownConfig(config: PropertyMap, secrets: Secrets | undefined): Record<string, object> {
  const entries = Object.entries(config).map(([key, value]): [string, object] => {
    const secret = hasSecure(value);
    if (secret && !secrets) return [key, { secret }];
    const opened = openConfig(value, secrets);
    const isText = !isObject(opened) && !Array.isArray(opened);
    return [key, { value: configText(opened), ...(!isText && { objectValue: opened }), secret }];
  });
  return Object.fromEntries(entries);
}

function textEntry({
  kind,
  result,
  message,
  startTime,
  endTime,
  resourceChanges: changes,
  environment,
}: UpdateInfo): string {
  const counts = `+${changes.create ?? 0}-${changes.delete ?? 0}~${changes.update ?? 0} ${changes.same ?? 0}`;
  const lines = [
    "Version: 0",
    `UpdateKind: ${kind}`,
    `Status: ${result}`,
    `Message: ${message}`,
    `${counts} Updated ${isoTime(startTime)} took ${endTime - startTime}s`,
    ...Object.entries(environment).map(([key, value]) => `    ${key}: ${value}`),
  ];
  return `${lines.join("\n")}\n`;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
