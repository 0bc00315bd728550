import { text } from "node:stream/consumers";
import { parseFlags } from "../command-line.ts";
import { configKey, configPlace, configText, hasSecure, openConfig, stackConfiguration } from "../configuration.ts";
import { openSession } from "../workspace.ts";
import { printTable } from "../display-value.ts";
import { UserError } from "../user-error.ts";
import { shownConfig } from "./stack-history.ts";
import type { ConfigPlace } from "../configuration.ts";
import type { PropertyMap, PropertyValue } from "../property-value.ts";
import type { Session } from "../workspace.ts";

export async function list(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const session = openSession(flags);
  const configuration = stackConfiguration(session.project, session.file);
  const secrets = flags["show-secrets"] ? await unlocked(session, configuration) : undefined;
  if (flags.json) process.stdout.write(`${JSON.stringify(shownConfig(configuration, secrets), null, 2)}\n`);
  else {
    const own = `${session.project.name}:`;
    const rows = Object.entries(configuration).map(([key, value]) => [
      key.startsWith(own) ? key.slice(own.length) : key,
      configText(openConfig(value, secrets)),
    ]);
    printTable(["KEY", "VALUE"], rows);
  }
  return undefined;
}

export async function get(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const session = openSession(flags);
  const place = configPlace(args[0] ?? "", session.project.name, flags.path ?? false);
  const whole = stackConfiguration(session.project, session.file)[place.key];
  const value = place.path.reduce<PropertyValue | undefined>(
    (item, part) => (item as PropertyMap | undefined)?.[part],
    whole,
  );
  if (value === undefined) {
    throw new UserError(`configuration key '${args[0] ?? ""}' not found for stack '${session.name.stack}'`);
  }
  const secrets = await unlocked(session, value);
  if (flags.json) process.stdout.write(`${JSON.stringify(shownConfig({ value }, secrets).value, null, 2)}\n`);
  else process.stdout.write(`${configText(openConfig(value, secrets))}\n`);
  return undefined;
}

export async function set(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const session = openSession(flags);
  const [key = "", given] = args;
  const value = given ?? (await text(process.stdin)).replace(/\r?\n$/, "");
  await setValue(session, configPlace(key, session.project.name, flags.path ?? false), value, flags.secret ?? false);
  session.file.save();
  return undefined;
}

export async function setAll(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv, true);
  const { plaintextPairs: plaintext = [], secretPairs: secret = [] } = flags;
  const session = openSession(flags);
  const pairs = [
    ...plaintext.map((pair) => ({ pair, isSecret: false })),
    ...secret.map((pair) => ({ pair, isSecret: true })),
  ];
  const places = pairs.map(({ pair, isSecret }) => {
    const [key = "", ...value] = pair.split("=");
    return { place: configPlace(key, session.project.name, flags.path ?? false), value: value.join("="), isSecret };
  });
  // The CLI adds new keys in this order.
  places.sort((a, b) => (a.place.key < b.place.key ? -1 : 1));
  for (const { place, value, isSecret } of places) await setValue(session, place, value, isSecret);
  session.file.save();
  return undefined;
}

export function remove(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  return removeKeys(argv, [args[0] ?? ""], flags.path ?? false);
}

export function removeAll(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  return removeKeys(argv, args, flags.path ?? false);
}

function removeKeys(argv: string[], keys: string[], isPath: boolean): Promise<undefined> {
  const { project, file } = openSession(parseFlags(argv).flags);
  for (const key of keys)
    file.remove(isPath ? configPlace(key, project.name, true) : { key: configKey(key, project.name), path: [] });
  file.save();
  return Promise.resolve(undefined);
}

async function setValue(
  { file, secrets }: Session,
  place: ConfigPlace,
  text: string,
  isSecret: boolean,
): Promise<void> {
  if (!isSecret) {
    file.set(place, place.path.length > 0 ? typed(text) : text);
    return;
  }
  await secrets.unlock();
  file.set(place, { secure: secrets.encrypt(text) });
}

/** Inside an object, what looks like a number or a boolean is one. */
function typed(text: string): PropertyValue {
  if (/^(true|false)$/.test(text)) return text === "true";
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

async function unlocked({ secrets }: Session, value: PropertyValue): Promise<Session["secrets"]> {
  if (hasSecure(value)) await secrets.unlock();
  return secrets;
}
