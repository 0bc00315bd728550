import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import { Problem } from "./problem.ts";
import { isMapping } from "./project.ts";

/** What a command asks of a stack's configuration: `undefined` takes a key away. Keys without `switchback:`. */
export type Changes = Readonly<Partial<Record<"release" | "rollbackFrom" | "restore" | "again", string | undefined>>>;

/** Pulumi.STACK.yaml. Comments and order in it are kept. */
export class StackFile {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;

  constructor(folder: string, stack: string) {
    this.name = `Pulumi.${stack}.yaml`;
    this.path = join(folder, this.name);
  }

  /** Its configuration as it stands; secrets are `{ secure }`. */
  config(): Record<string, unknown> {
    return this.#valuesOf(this.#document()).config ?? {};
  }

  get release(): string | undefined {
    const release = this.config()["switchback:release"];
    return typeof release === "string" ? release : undefined;
  }

  /** Its text, were the changes made. */
  with(changes: Changes): string {
    const document = this.#document();
    const before = this.#valuesOf(document);
    let changed = false;
    for (const [key, value] of Object.entries(changes)) {
      const way = ["config", `switchback:${key}`];
      if (before.config?.[`switchback:${key}`] === value) continue;
      changed = true;
      if (value === undefined) document.deleteIn(way);
      else document.setIn(way, value);
    }
    return changed ? document.toString({ lineWidth: 0 }) : this.#text();
  }

  /** Makes the changes, as a whole or not at all. Returns the text as it was. */
  change(changes: Changes): string {
    const before = this.#text();
    const text = this.with(changes);
    if (text !== before) this.#write(text);
    return before;
  }

  /** Puts back a text that `change` returned. */
  restore(text: string): void {
    if (text !== this.#text()) this.#write(text);
  }

  /** Runs `use` on a copy in which the changes are made: a candidate is tried without a trace. */
  async tried<T>(changes: Changes, use: (copy: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), "switchback-try-"));
    const remove = (): void => {
      rmSync(folder, { recursive: true, force: true });
    };
    process.once("exit", remove);
    try {
      const copy = join(folder, this.name);
      writeFileSync(copy, this.with(changes), { mode: 0o600 });
      return await use(copy);
    } finally {
      process.removeListener("exit", remove);
      remove();
    }
  }

  /** Forgets the salt of a passphrase that is gone. Errors: secrets in it were made with that passphrase. */
  forgetSalt(): void {
    const document = this.#document();
    if (!document.has("encryptionsalt")) return;
    if (/^\s+secure:/m.test(this.#text())) {
      throw new Problem(
        `${this.name}: holds secrets, and the passphrase they were made with is not here. Set PULUMI_CONFIG_PASSPHRASE, or remove them.`,
      );
    }
    document.delete("encryptionsalt");
    this.#write(document.toString({ lineWidth: 0 }));
  }

  #text(): string {
    if (!existsSync(this.path)) return "";
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      throw new Problem(`${this.name}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #document(): Document {
    const document = parseDocument(this.#text());
    const [wrong] = document.errors;
    if (wrong) throw new Problem(`${this.name}: is not valid YAML: ${wrong.message.split(":\n")[0] ?? ""}`);
    if (document.contents !== null && !isMap(document.contents)) throw new Problem(`${this.name}: has no \`config:\``);
    return document;
  }

  /** Errors: an alias in it stands for more than any file can hold, or `config:` holds no keys. */
  #valuesOf(document: Document): { config?: Record<string, unknown> } {
    let values: { config?: unknown } | null;
    try {
      values = document.toJS() as { config?: unknown } | null;
    } catch (error) {
      throw new Problem(`${this.name}: is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
    }
    const config = values?.config ?? {};
    if (!isMapping(config)) throw new Problem(`${this.name}: \`config:\` must hold keys and values`);
    return { config };
  }

  #write(text: string): void {
    const next = `${this.path}.${process.pid}.tmp`;
    writeFileSync(next, text);
    if (existsSync(this.path)) chmodSync(next, statSync(this.path).mode);
    renameSync(next, this.path);
  }
}
