import { type Backend, type StackName, fullName } from "./backend.ts";
import { type PendingOperation, type ResourceState, formatCheckpoint, newDeployment } from "./checkpoint.ts";
import { UserError } from "./user-error.ts";
import type { PropertyMap } from "./property-value.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The state while an operation changes it: what is new, in order of completion, then what is left of the old one.
 * Every change is written, but changes that meet a running write share the next one.
 */
export class Snapshot {
  /** Why some of it could not be written, for which nothing more is begun. What ends is still tried to be saved. */
  problem: UserError | undefined;
  private readonly parts: { backend: Backend; name: StackName; secrets: Secrets };
  private base: ResourceState[] = [];
  private news: ResourceState[] = [];
  private readonly done = new Set<ResourceState>();
  private pending: PendingOperation[] = [];
  private readonly renamed = new Map<string, string>();
  private readonly texts = new WeakMap<ResourceState, string>();
  private writing = Promise.resolve();
  private next: Promise<void> | undefined;

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
    this.news = this.news.map(swap);
    this.changed();
  }

  resources(): ResourceState[] {
    return [...this.news, ...this.base].filter((resource) => !this.done.has(resource));
  }

  private changed(): void {
    this.flush().catch(() => undefined); // `problem` keeps it
  }

  /** Resolves when everything up to now is on the disk, and so was everything before. */
  async flush(): Promise<void> {
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      this.writing = this.write();
      return this.writing;
    });
    await this.next;
    if (this.problem) throw this.problem;
  }

  private async write(): Promise<void> {
    try {
      await this.parts.backend.write(this.parts.name, this.text());
    } catch (error) {
      this.problem ??= new UserError(
        `saving the state failed: ${(error as Error).message}\nThe state is as it was saved last, with what was ` +
          "running then as pending operations, and nothing more was begun. When the file can be written, run this again.",
      );
    }
  }

  /** The checkpoint as text. */
  text(): string {
    const resources = this.resources().map((resource) => this.textOf(resource));
    const pending = this.pending.map(({ type, resource }) => `{"resource":${this.textOf(resource)},"type":"${type}"}`);
    const lists = Object.entries({ resources, pending_operations: pending })
      .filter(([, list]) => list.length > 0)
      .map(([key, list]) => `"${key}":[${list.join(",")}],`);
    const text = formatCheckpoint(fullName(this.parts.name), newDeployment(this.parts.secrets.salt));
    return text.replace('"metadata":', (metadata) => lists.join("") + metadata);
  }

  /** Resources never change once they are here, so each is written out only once. */
  private textOf(resource: ResourceState): string {
    let text = this.texts.get(resource) ?? JSON.stringify(sealed(resource, this.parts.secrets));
    this.texts.set(resource, text);
    // What has not come up yet may still name others by the URN they had before.
    for (const [old, urn] of this.renamed) {
      text = text.replaceAll(`"${old}"`, `"${urn}"`).replaceAll(`"${old}::`, `"${urn}::`);
    }
    return text;
  }
}

function sealed(resource: ResourceState, secrets: Secrets): ResourceState {
  return withValues(resource, (map, place) => secrets.seal(map, place));
}

export function opened(resource: ResourceState, secrets: Secrets): ResourceState {
  return withValues(resource, (map, place) => secrets.open(map, place));
}

function withValues(state: ResourceState, change: (map: PropertyMap, place: string) => PropertyMap): ResourceState {
  const { urn, inputs, outputs, replacementTrigger: trigger } = state;
  const changed = { ...state };
  if (inputs) changed.inputs = change(inputs, `${urn}\ninputs`);
  if (outputs) changed.outputs = change(outputs, `${urn}\noutputs`);
  if (trigger !== undefined) Object.assign(changed, change({ replacementTrigger: trigger }, `${urn}\ntrigger`));
  return changed;
}
