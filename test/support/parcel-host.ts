/** A host of the sample application in a temporary folder, made by hand as a deployment would, on a free port. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { HostByHand } from "../../examples/parcel/host.ts";
import { makeRepository } from "../../examples/parcel/repository.ts";
import { freePort } from "../../testing/free-port.ts";
import type { Settings } from "../../examples/parcel/host.ts";

export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ParcelStatus {
  readonly supervisor: number | null;
  readonly release: string | null;
  readonly commit: string | null;
  readonly workers: readonly number[];
}

export const smokePassword = "smoke-secret";

export class ParcelHost extends HostByHand {
  readonly url: string;
  readonly #folder: string;

  constructor(folder: string, directory: string, settings: Settings) {
    super(directory, join(folder, "repository"), settings);
    this.#folder = folder;
    this.url = `http://127.0.0.1:${settings.PORT ?? ""}`;
  }

  /** Runs a command of whatever `current` points to, as the deploy tool does. */
  async command(...argv: string[]): Promise<CommandResult> {
    const options = { cwd: this.directory, reject: false } as const;
    const { exitCode, stdout, stderr } = await execa(process.execPath, ["current/bin/parcel.ts", ...argv], options);
    return { exitCode, stdout, stderr };
  }

  /** Switches to a prepared release and lets it serve; answers like `command("reload")`. */
  async reload(tag: string): Promise<CommandResult> {
    this.point(tag);
    return this.command("reload");
  }

  async status(): Promise<ParcelStatus> {
    return JSON.parse((await this.command("status")).stdout) as ParcelStatus;
  }

  /** One request, and what came back as text. Redirects are not followed. */
  async get(path: string, headers: Record<string, string> = {}): Promise<{ response: Response; text: string }> {
    const response = await fetch(new URL(path, this.url), {
      headers: { connection: "close", ...headers },
      redirect: "manual",
    });
    return { response, text: await response.text() };
  }

  /** Runs SQL on the database while the application is connected to it. */
  sql(text: string): Record<string, unknown>[] {
    const database = new DatabaseSync(this.database);
    try {
      return database.prepare(text).all();
    } finally {
      database.close();
    }
  }

  maintenance(value: { until: string; message: string; bypassDigest: string } | undefined): void {
    const file = join(this.directory, "maintenance.json");
    if (value) writeFileSync(file, JSON.stringify(value));
    else rmSync(file, { force: true });
  }

  /** Ends what runs and removes everything. */
  async remove(): Promise<void> {
    await this.command("stop");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Makes the repository and a host on which these releases are prepared; the database has the first one's schema. */
export async function makeParcelHost(
  tags: readonly [string, ...string[]],
  settings: Settings = {},
  name = "host",
): Promise<ParcelHost> {
  const folder = mkdtempSync(join(tmpdir(), "parcel-host-"));
  const directory = join(folder, name);
  mkdirSync(directory);
  const port = await freePort();
  const secrets = { SESSION_SECRET: "a secret of the tests only", SMOKE_PASSWORD: smokePassword };
  const host = new ParcelHost(folder, directory, { PORT: port, ...secrets, ...settings });
  await makeRepository(host.repository);
  for (const tag of tags) await host.prepare(tag);
  host.migrate(tags[0]);
  host.point(tags[0]);
  return host;
}

/** Asks again until the answer is there; fails with what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  seconds = 10,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
