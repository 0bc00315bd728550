import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { extract } from "tar";
import { git } from "./git.ts";

/** What goes into a release's .env besides its name; by default no SMOKE_PASSWORD. */
export type Settings = Readonly<Record<string, string | number>>;

/** Does by hand what a deployment does to a host of the sample application, so that it can be tried, and tested, alone. */
export class HostByHand {
  readonly directory: string;
  readonly repository: string;
  readonly settings: Settings;

  constructor(directory: string, repository: string, settings: Settings) {
    this.directory = directory;
    this.repository = repository;
    this.settings = { HOST_ADDRESS: "127.0.0.1", DATABASE: join(directory, "shared", "parcel.sqlite"), ...settings };
  }

  get database(): string {
    return String(this.settings.DATABASE);
  }

  folder(tag: string): string {
    return join(this.directory, "releases", tag);
  }

  /** Puts a release into its folder: the commit's files, what its build makes of them, REVISION and .env. */
  async prepare(tag: string): Promise<void> {
    const folder = this.folder(tag);
    if (existsSync(join(folder, ".env"))) return;
    mkdirSync(folder, { recursive: true });
    const archive = `${folder}.tar`;
    await git(this.repository, ["archive", "--format=tar", `--output=${archive}`, tag]);
    await extract({ file: archive, cwd: folder });
    await execa(process.execPath, ["build.ts"], { cwd: folder });
    writeFileSync(join(folder, "REVISION"), `${await git(this.repository, ["rev-parse", `${tag}^{commit}`])}\n`);
    this.configure(tag, {});
  }

  /** Writes the .env of a release. */
  configure(tag: string, settings: Settings): void {
    const file = join(this.folder(tag), ".env");
    const lines = Object.entries({ RELEASE: tag, ...this.settings, ...settings }).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(file, lines.join(""));
    chmodSync(file, 0o600);
  }

  /** Lets `current` point to a release. */
  point(tag: string): void {
    const next = join(this.directory, "current.next");
    symlinkSync(join("releases", tag), next);
    renameSync(next, join(this.directory, "current"));
  }

  /** Applies the migrations of a prepared release that the database does not have. */
  migrate(tag: string): void {
    mkdirSync(join(this.database, ".."), { recursive: true });
    const database = new DatabaseSync(this.database);
    try {
      database.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS switchback_migrations
        (revision TEXT PRIMARY KEY, name TEXT, digest TEXT, applied_at TEXT, down_sql TEXT, way_back TEXT, change TEXT)`);
      const folder = join(this.folder(tag), "migrations");
      const files = readdirSync(folder).filter((file) => file.endsWith(".up.sql"));
      for (const file of files.sort()) apply(database, folder, file);
    } finally {
      database.close();
    }
  }
}

function apply(database: DatabaseSync, folder: string, file: string): void {
  const [, revision = "", name = ""] = /^(\d{4})_(.+)\.up\.sql$/.exec(file) ?? [];
  if (database.prepare("SELECT 1 FROM switchback_migrations WHERE revision = ?").get(revision)) return;
  const up = readFileSync(join(folder, file), "utf8");
  const down = join(folder, file.replace(".up.", ".down."));
  const downSql = existsSync(down) ? readFileSync(down, "utf8") : null;
  const digest = createHash("sha256").update(up).digest("hex");
  const header = (key: string) => new RegExp(`^-- ${key}: (\\w+)$`, "m").exec(up)?.[1] ?? null;
  database.exec(`BEGIN IMMEDIATE; ${up}`);
  database
    .prepare("INSERT INTO switchback_migrations VALUES (?, ?, ?, ?, ?, ?, ?)")
    .run(revision, name, digest, new Date().toISOString(), downSql, header("way back"), header("change"));
  database.exec("COMMIT");
}
