import { fullName, type Backend, type StackName } from "./backend.ts";
import { formatCheckpoint, newDeployment, type PendingOperation, type ResourceState } from "./checkpoint.ts";
import { UserError } from "./user-error.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The state while an operation changes it: what is new, in order of completion, then what is left of the old one.
 * Every change is written, but changes that meet a running write share the next one.
 */
export class Snapshot {
  /** Until something is going to change for good, and in a preview, nothing is written. */
  writes = false;
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
    this.base = [...base];
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
    for (const list of [this.base, this.news]) if (list.includes(old)) list[list.indexOf(old)] = next;
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
    if (!this.writes) return;
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      this.writing = this.write();
      return this.writing;
    });
    await this.next;
    if (this.problem) throw this.problem;
  }

  private async write(): Promise<void> {
    await this.parts.backend.write(this.parts.name, this.content()).catch((error: unknown) => {
      this.problem ??= new UserError(
        `saving the state failed: ${(error as Error).message}\nThe state is as it was saved last, with what was ` +
          "running then as pending operations, and nothing more was begun. When the file can be written, run this again.",
      );
    });
  }

  /** The checkpoint. Resources never change once they are here, so each is turned into text only once. */
  content(): string {
    const textOf = (resource: ResourceState): string => {
      const text = this.texts.get(resource) ?? JSON.stringify(this.parts.secrets.seal(resource, resource.urn));
      this.texts.set(resource, text);
      return text;
    };
    const list = (key: string, items: string[]): string => (items.length > 0 ? `"${key}":[${items.join()}],` : "");
    const pending = this.pending.map(({ type, resource }) => `{"resource":${textOf(resource)},"type":"${type}"}`);
    const lists = list("resources", this.resources().map(textOf)) + list("pending_operations", pending);
    const frame = formatCheckpoint(fullName(this.parts.name), newDeployment(this.parts.secrets.salt));
    const end = frame.lastIndexOf('"metadata":');
    // What has not come up yet may still name others by the URN they had before.
    return [...this.renamed].reduce(
      (text, [old, urn]) => text.replaceAll(`"${old}"`, `"${urn}"`).replaceAll(`"${old}::`, `"${urn}::`),
      frame.slice(0, end) + lists + frame.slice(end),
    );
  }
}
