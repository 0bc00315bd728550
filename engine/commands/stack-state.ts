import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { checkIntegrity, formatCheckpoint, passphraseProvider } from "../checkpoint.ts";
import { fullName } from "../backend.ts";
import { parseFlags } from "../command-line.ts";
import { locked } from "../perform.ts";
import { asText, isSecret, mapValue, mask, sealedSecret, some } from "../property-value.ts";
import { openSession } from "../workspace.ts";
import { printTable } from "../display-value.ts";
import { Secrets } from "../secrets.ts";
import { rootStackType } from "../urn.ts";
import { UserError, refuse } from "../user-error.ts";
import type { UntypedDeployment } from "../checkpoint.ts";

import type { PropertyMap, PropertyValue } from "../property-value.ts";
import type { Session } from "../workspace.ts";

export async function exportState(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const { state, secrets } = openSession(flags);
  const shown = flags["show-secrets"] ? await withPlainSecrets(state as unknown as PropertyMap, secrets) : state;
  const json = `${JSON.stringify(shown, null, 4)}\n`;
  if (flags.file === undefined) process.stdout.write(json);
  else writeFileSync(flags.file, json);
  return undefined;
}

async function withPlainSecrets(state: PropertyMap, secrets: Secrets): Promise<PropertyValue> {
  if (some(state, isSecret)) await secrets.unlock();
  return mapValue(state, (item) =>
    isSecret(item) && typeof item.ciphertext === "string"
      ? sealedSecret(secrets.decrypt(item.ciphertext), "plaintext")
      : undefined,
  );
}

export async function importState(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const session = openSession(flags);
  const { backend, name } = session;
  const { version, deployment } = JSON.parse(
    flags.file === undefined ? await text(process.stdin) : readFileSync(flags.file, "utf8"),
  ) as UntypedDeployment;
  if (version > 3) throw refuse(`importing a state of version ${version}`);
  if (!flags.force) {
    for (const { urn } of deployment.resources ?? []) {
      const stack = urn.split("::")[0]?.split(":")[2] ?? "";
      if (stack !== name.stack) {
        throw new UserError(
          `resource '${urn}' is from a different stack (${stack} != ${name.stack}); rerun with --force`,
        );
      }
    }
  }
  checkIntegrity(deployment);
  const salt = deployment.secrets_providers?.state?.salt ?? session.secrets.salt;
  deployment.secrets_providers = passphraseProvider(salt);
  const secrets = new Secrets(salt);
  if (some(deployment as unknown as PropertyValue, isSecret)) await secrets.unlock();
  const sealed = mapValue(deployment as unknown as PropertyMap, (item) =>
    isSecret(item) && typeof item.plaintext === "string" ? sealedSecret(secrets.encrypt(item.plaintext)) : undefined,
  );
  const checkpoint = formatCheckpoint(fullName(name), sealed as unknown as typeof deployment);
  await locked(session, () => backend.write(name, checkpoint));
  process.stdout.write("Import complete.\n");
  return undefined;
}

/** The stack's outputs, or one of them. */
export async function output(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const session = openSession(flags);
  const outputs = await readOutputs(session, flags["show-secrets"] ?? false);
  const [wanted] = args;
  if (wanted !== undefined) {
    const value = outputs[wanted];
    if (value === undefined) throw new UserError(`current stack does not have output property '${wanted}'`);
    process.stdout.write(`${flags.json ? JSON.stringify(value, null, 2) : asText(value)}\n`);
  } else if (flags.json) process.stdout.write(`${JSON.stringify(outputs, null, 2)}\n`);
  else {
    const rows = Object.entries(outputs).map(([key, value]) => [`    ${key}`, asText(value)]);
    process.stdout.write(`Current stack outputs (${rows.length}):\n`);
    if (rows.length > 0) printTable(["    OUTPUT", "VALUE"], rows);
  }
  return undefined;
}

async function readOutputs({ state, secrets }: Session, show: boolean): Promise<PropertyMap> {
  const root = state.deployment.resources?.find((r) => r.type === rootStackType && !r.delete);
  const outputs = root?.outputs ?? {};
  if (show && some(outputs, isSecret)) await secrets.unlock();
  const open = (item: PropertyValue): PropertyValue | undefined => {
    if (!isSecret(item)) return undefined;
    return show ? mapValue(JSON.parse(secrets.decrypt(asText(item.ciphertext))) as PropertyValue, open) : mask;
  };
  return mapValue(outputs, open) as PropertyMap;
}
