import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scalar, isMap, isScalar, parseDocument, visit } from "yaml";
import { UserError, refuse } from "./user-error.ts";
import type { Document } from "yaml";
import type { ConfigPlace } from "./configuration.ts";
import type { Project } from "./project-file.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** `Pulumi.STACK.yaml`. Edits keep the user's comments and order. */
export class StackFile {
  readonly path: string;
  private readonly document: Document;

  constructor(project: Project, stack: string, path?: string) {
    this.path = path ?? join(project.configDirectory, `Pulumi.${stack}.yaml`);
    this.document = parseDocument(existsSync(this.path) ? readFileSync(this.path, "utf8") : "");
    const [error] = this.document.errors;
    if (error) throw new UserError(`could not load ${this.path}: ${error.message}`);
    if (this.document.get("secretsprovider")) throw refuse(`the secrets provider in ${this.path}`);
    if (this.document.get("environment")) throw refuse(`the environment in ${this.path}`);
  }

  get salt(): string | undefined {
    return this.document.get("encryptionsalt") as string | undefined;
  }

  setSalt(value: string): void {
    this.document.set("encryptionsalt", value);
    // The CLI writes the salt first.
    if (isMap(this.document.contents)) this.document.contents.items.reverse();
  }

  /** Every key's value as it stands; secrets are `{ secure: ciphertext }`. */
  config(): PropertyMap {
    const { config } = (this.document.toJS() ?? {}) as { config?: PropertyMap };
    return config ?? {};
  }

  get({ key, path }: ConfigPlace): PropertyValue | undefined {
    return [key, ...path].reduce<PropertyValue | undefined>(
      (value, part) => (typeof value === "object" ? (value as PropertyMap | null)?.[part] : undefined),
      this.config(),
    );
  }

  set({ key, path }: ConfigPlace, value: PropertyValue): void {
    const way = ["config", key, ...path];
    for (let depth = 1; depth < way.length; depth++) this.makeContainer(way.slice(0, depth), way[depth] ?? "");
    this.document.setIn(way, this.node(value));
    visit(this.document, {
      Pair(_, pair) {
        if (typeof pair.key === "string") pair.key = new Scalar(pair.key);
        quoteOldBoolean(pair.key);
      },
    });
  }

  private makeContainer(way: (string | number)[], next: string | number): void {
    const present = this.document.getIn(way);
    if (present === undefined || present === null)
      this.document.setIn(way, this.node(typeof next === "number" ? [] : {}));
    else if (typeof present !== "object") {
      throw new UserError(
        `an array or object is expected at ${way.slice(1).join(".")}, found ${JSON.stringify(present)}`,
      );
    }
    const list = this.document.getIn(way) as { items?: unknown[] };
    if (typeof next === "number" && next > (list.items?.length ?? 0)) {
      throw new UserError(`array index out of range: ${next}`);
    }
  }

  remove({ key, path }: ConfigPlace): boolean {
    const way = ["config", key, ...path];
    const removed = this.document.hasIn(way) && this.document.deleteIn(way);
    if (Object.keys(this.config()).length === 0) this.document.delete("config");
    return removed;
  }

  save(): void {
    writeFileSync(this.path, this.document.toString({ lineWidth: 0 }));
  }

  /** Words that YAML 1.1 takes for booleans are quoted, as keys and as values: other readers of the file are that old. */
  private node(value: PropertyValue): unknown {
    const node = this.document.createNode(value);
    visit(node, {
      Scalar(_, item) {
        quoteOldBoolean(item);
      },
    });
    return node;
  }
}

function quoteOldBoolean(item: unknown): void {
  if (isScalar(item) && typeof item.value === "string" && /^(y|n|yes|no|on|off)$/i.test(item.value)) {
    item.type = Scalar.QUOTE_DOUBLE;
  }
}
