import { text } from "node:stream/consumers";
import { answer, keyAndValue, table, type Commands, type Flags } from "../command-line.ts";
import { configPlace, configText, hasSecure, openConfig, shownConfig, stackConfiguration } from "../configuration.ts";
import { UserError } from "../user-error.ts";
import { openSession, type Session } from "../workspace.ts";
import type { PropertyMap, PropertyValue } from "../property-value.ts";

export const commands: Commands = {
  async config(flags) {
    const session = openSession(flags);
    const configuration = stackConfiguration(session.project, session.file);
    const secrets = flags["show-secrets"] ? await unlocked(session, configuration) : undefined;
    const rows = Object.entries(configuration).map(([key, value]) => {
      const name = key.startsWith(`${session.project.name}:`) ? key.split(":")[1] : key;
      return [name ?? "", configText(openConfig(value, secrets))];
    });
    answer(flags, shownConfig(configuration, secrets), table([["KEY", "VALUE"], ...rows]));
  },

  async "config get"(flags, [name = ""]) {
    const session = openSession(flags);
    const { key, path } = configPlace(name, session.project.name, flags.path);
    let value: PropertyValue | undefined = stackConfiguration(session.project, session.file);
    for (const part of [key, ...path]) value = (value as PropertyMap | undefined)?.[part];
    if (value === undefined) {
      throw new UserError(`configuration key '${name}' not found for stack '${session.name.stack}'`);
    }
    const secrets = await unlocked(session, value);
    answer(flags, shownConfig({ value }, secrets).value, configText(openConfig(value, secrets)));
  },

  async "config set"(flags, [key = "", given]) {
    const value = given ?? (await text(process.stdin)).replace(/\r?\n$/, "");
    await setAll(flags, [{ key, value, isSecret: flags.secret ?? false }]);
  },

  async "config set-all"(flags) {
    const { "plaintext-pair": plain = [], "secret-pair": secret = [] } = flags;
    const entries = (pairs: string[], isSecret: boolean) => pairs.map((pair) => ({ ...keyAndValue(pair), isSecret }));
    await setAll(flags, [...entries(plain, false), ...entries(secret, true)]);
  },

  "config rm": (flags, [key = ""]) => removeAll(flags, [key]),
  "config rm-all": removeAll,
};

async function setAll(flags: Flags, entries: { key: string; value: string; isSecret: boolean }[]): Promise<void> {
  const { project, file, secrets } = openSession(flags);
  const places = entries.map((entry) => ({ ...entry, place: configPlace(entry.key, project.name, flags.path) }));
  if (entries.some(({ isSecret }) => isSecret)) await secrets.unlock();
  // The CLI adds new keys in this order.
  for (const { key, place, value, isSecret } of places.sort((a, b) => (a.place.key < b.place.key ? -1 : 1))) {
    const open = place.path.length > 0 ? typed(value) : value;
    try {
      file.set(place, isSecret ? { secure: secrets.encrypt(value) } : open);
    } catch (error) {
      throw new UserError(`could not set config: ${key}: ${(error as Error).message}`);
    }
  }
  file.save();
}

function removeAll(flags: Flags, keys: string[]): void {
  const { project, file } = openSession(flags);
  for (const key of keys) file.remove(configPlace(key, project.name, flags.path));
  file.save();
}

/** Inside an object, what looks like a number or a boolean is one. */
function typed(text: string): PropertyValue {
  return /^(true|false|0|-?[1-9]\d{0,14})$/.test(text) ? (JSON.parse(text) as PropertyValue) : text;
}

async function unlocked({ secrets }: Session, value: PropertyValue): Promise<Session["secrets"]> {
  if (hasSecure(value)) await secrets.unlock();
  return secrets;
}
