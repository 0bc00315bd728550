import { fullName } from "./backend.ts";
import { isSecret, some } from "./property-value.ts";
import { Secrets } from "./secrets.ts";
import { opened } from "./snapshot.ts";
import { UserError } from "./user-error.ts";
import { rootStackType } from "./urn.ts";
import { parseStackName } from "./workspace.ts";
import type { Backend } from "./backend.ts";
import type { PropertyMap } from "./property-value.ts";

/** What a StackReference gives: the last stored outputs of the stack, which may be the one being updated. */
export async function readStackOutputs(backend: Backend, project: string, name: string): Promise<PropertyMap> {
  const stack = parseStackName(name, project);
  const state = backend.read(stack);
  if (!state) throw new Error(`unknown stack "${name.includes("/") ? name : fullName(stack)}"`);
  const { resources = [], secrets_providers } = state.deployment;
  const root = resources.find(({ type, delete: gone }) => type === rootStackType && !gone);
  const sealed = root?.outputs ?? {};
  const secretOutputNames = Object.keys(sealed).filter((key) => some(sealed[key] ?? null, isSecret));
  if (!root || secretOutputNames.length === 0) return { name, outputs: sealed, secretOutputNames: [] };
  const salt = secrets_providers?.state?.salt;
  if (!salt) throw new UserError(`stack "${name}" has secrets but no passphrase secrets provider`);
  const secrets = new Secrets(salt);
  await secrets.unlock();
  return { name, outputs: opened(root, secrets).outputs ?? {}, secretOutputNames: secretOutputNames.sort() };
}
