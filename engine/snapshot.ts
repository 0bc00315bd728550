import { formatCheckpoint, newManifest } from "./checkpoint.ts";
import { fullName, passphraseProvider } from "./backend.ts";
import { UserError } from "./user-error.ts";
import type { Backend, StackName } from "./backend.ts";
import type { PendingOperation, ResourceState } from "./checkpoint.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The state while an operation changes it: what is new, in order of completion, then what is left of the old one.
 * Every change is written, but changes that meet a running write share the next one.
 */
export class Snapshot {
  private readonly parts: { backend: Backend; name: StackName; secrets: Secrets };
  private base: ResourceState[] = [];
  private readonly news: ResourceState[] = [];
  private readonly done = new Set<ResourceState>();
  private pending: PendingOperation[] = [];
  private readonly renamed = new Map<string, string>();
  private readonly texts = new WeakMap<ResourceState, string>();
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private problem: UserError | undefined;

  constructor(parts: Snapshot["parts"]) {
    this.parts = parts;
  }

  /** Starts from the stored state and the operations it has pending. */
  open(base: ResourceState[], pending: PendingOperation[]): void {
    this.base = base;
    this.pending = pending;
  }

  /** Notes what is about to be done. When this resolves it is on the disk. */
  begin(type: PendingOperation["type"], resource: ResourceState): Promise<void> {
    this.pending.push({ type, resource });
    return this.flush();
  }

  /** The operation on `resource` is over, whatever came of it. */
  end(resource: ResourceState): void {
    this.pending = this.pending.filter((operation) => operation.resource !== resource);
    this.changed();
  }

  /** `old` is gone, `next` is there; either may be missing. What stays the same need not be written at once. */
  exchange(old: ResourceState | undefined, next: ResourceState | undefined, isSame = false): void {
    if (old) this.done.add(old);
    if (next) this.news.push(next);
    if (old && next && old.urn !== next.urn) this.renamed.set(old.urn, next.urn);
    if (!isSame) this.changed();
  }

  /** Puts `next` where `old` is. */
  replace(old: ResourceState, next: ResourceState): void {
    const swap = (resource: ResourceState): ResourceState => (resource === old ? next : resource);
    this.base = this.base.map(swap);
    for (const [i, resource] of this.news.entries()) if (resource === old) this.news[i] = next;
    this.changed();
  }

  resources(): ResourceState[] {
    return [...this.news, ...this.base].filter((resource) => !this.done.has(resource));
  }

  private changed(): void {
    // A failed write is told by `flush`.
    void this.flush().catch(() => undefined);
  }

  /** Resolves when everything up to now is on the disk. */
  flush(): Promise<void> {
    if (this.problem) return Promise.reject(this.problem);
    this.next ??= (this.writing ?? Promise.resolve()).then(() => {
      this.next = undefined;
      this.writing = this.write();
      return this.writing;
    });
    return this.next;
  }

  private async write(): Promise<void> {
    try {
      await this.parts.backend.write(this.parts.name, this.text());
    } catch (error) {
      this.problem = new UserError(`saving the state failed: ${(error as Error).message}`);
      throw this.problem;
    }
  }

  /** The checkpoint as text. */
  text(): string {
    const resources = this.resources().map((resource) => this.textOf(resource));
    const pending = this.pending.map(({ type, resource }) => `{"resource":${this.textOf(resource)},"type":"${type}"}`);
    const lists = Object.entries({ resources, pending_operations: pending }).filter(([, list]) => list.length > 0);
    const deployment = { manifest: newManifest(), secrets_providers: passphraseProvider(this.parts.secrets.salt) };
    const text = formatCheckpoint(fullName(this.parts.name), { ...deployment, metadata: {} });
    return text.replace(
      '"metadata":',
      () => lists.map(([key, list]) => `"${key}":[${list.join(",")}],`).join("") + '"metadata":',
    );
  }

  /** Resources never change once they are here, so each is written out only once. */
  private textOf(resource: ResourceState): string {
    const text = this.texts.get(resource) ?? JSON.stringify(sealed(resource, this.parts.secrets));
    this.texts.set(resource, text);
    // What has not come up yet may still name others by the URN they had before.
    return [...this.renamed].reduce(
      (result, [old, urn]) => result.replaceAll(`"${old}"`, `"${urn}"`).replaceAll(`"${old}::`, `"${urn}::`),
      text,
    );
  }
}

function sealed(resource: ResourceState, secrets: Secrets): ResourceState {
  return withValues(resource, (map, place) => secrets.seal(map, place));
}

export function opened(resource: ResourceState, secrets: Secrets): ResourceState {
  return withValues(resource, (map, place) => secrets.open(map, place));
}

function withValues(
  resource: ResourceState,
  change: (map: NonNullable<ResourceState["inputs"]>, place: string) => NonNullable<ResourceState["inputs"]>,
): ResourceState {
  const result = { ...resource };
  if (result.inputs) result.inputs = change(result.inputs, `${resource.urn}\ninputs`);
  if (result.outputs) result.outputs = change(result.outputs, `${resource.urn}\noutputs`);
  if (result.replacementTrigger !== undefined) {
    const { trigger } = change({ trigger: result.replacementTrigger }, `${resource.urn}\ntrigger`);
    if (trigger !== undefined) result.replacementTrigger = trigger;
  }
  return result;
}
