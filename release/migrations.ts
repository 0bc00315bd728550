import { createHash } from "node:crypto";

/** How a migration goes together with code: old code runs on what an `expand` makes, and not on what a `contract` leaves. */
export type Change = "expand" | "contract";

/** How a schema goes back, from the mildest to the gravest. */
export const waysBack = ["compatible", "reversible", "restore", "none"] as const;
export type WayBack = (typeof waysBack)[number];

export interface Migration {
  /** Its number, as in its file's name: `0002`. */
  readonly revision: string;
  readonly name: string;
  readonly change: Change;
  readonly wayBack: WayBack;
  /** sha256 over what it does, up and down. */
  readonly digest: string;
}

const fileName = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/;

/**
 * Reads the migrations among a release's files. Every up file begins with `-- change: expand|contract` and
 * `-- way back: compatible|reversible|restore|none`. Returns what is wrong instead, all of it, one line each.
 */
export function readMigrations(files: ReadonlyMap<string, string>): { migrations: Migration[]; wrong: string[] } {
  const wrong: string[] = [];
  const migrations: Migration[] = [];
  for (const [path, up] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = path.split("/").at(-1) ?? path;
    const [, revision = "", name = ""] = fileName.exec(file) ?? [];
    if (revision === "") {
      if (!file.endsWith(".down.sql")) wrong.push(`${path}: is not named like 0002_what_it_does.up.sql`);
      continue;
    }
    const down = files.get(path.replace(/\.up\.sql$/, ".down.sql")) ?? "";
    const change = /^-- change: (expand|contract)\s*$/m.exec(up)?.[1] as Change | undefined;
    const wayBack = /^-- way back: (compatible|reversible|restore|none)\s*$/m.exec(up)?.[1] as WayBack | undefined;
    if (!change) wrong.push(`${path}: does not say \`-- change: expand\` or \`-- change: contract\``);
    if (!wayBack) wrong.push(`${path}: does not say \`-- way back: ${waysBack.join("|")}\``);
    if (change === "contract" && wayBack === "compatible")
      wrong.push(`${path}: old code does not run on what a contract leaves, so its way back is not compatible`);
    if (wayBack === "reversible" && down === "")
      wrong.push(`${path}: is reversible, but has no ${revision}_${name}.down.sql`);
    if (migrations.some((other) => other.revision === revision))
      wrong.push(`${path}: there are two migrations ${revision}`);
    if (change && wayBack) migrations.push({ revision, name, change, wayBack, digest: digestOf(up, down) });
  }
  return { migrations, wrong };
}

export const digestOf = (up: string, down: string): string =>
  createHash("sha256").update(`${up}\0${down}`).digest("hex").slice(0, 16);

/** The gravest of several ways back; `compatible` for none at all. */
export const gravest = (ways: readonly WayBack[]): WayBack =>
  waysBack[Math.max(0, ...ways.map((way) => waysBack.indexOf(way)))] ?? "none";
