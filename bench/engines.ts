// The embedded engine beside the Pulumi CLI, where there is one: start, and `up` of some trivial Commands, new and unchanged,
// with the most memory the engine's own process took. Interleaved runs on one machine: read the ratios, not the seconds.
// Aims: not slower at any size; below 300 MB at 1,000 Commands.
//   node bench/engines.ts [SIZE...]       default: 1 10 100 1000
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Engine, engines, repository } from "../test/support/engines.ts";
import { median, timed } from "./timing.ts";

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 10, 100, 1000];
const program = `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
for (let i = 0; i < Number(new pulumi.Config().require("size")); i++) new local.Command("c" + i, { create: "true" });
`;

class Bench {
  readonly #folder = mkdtempSync(join(tmpdir(), "switchback-engines-"));
  readonly #engine: Engine;
  peakMegabytes = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    mkdirSync(join(this.#folder, "backend"));
    symlinkSync(join(repository, "node_modules"), join(this.#folder, "node_modules"));
    const files = {
      "package.json": '{ "type": "module" }',
      "Pulumi.yaml": "name: bench\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n",
      "index.ts": program,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(this.#folder, file), text);
  }

  async run(...words: string[]): Promise<void> {
    const running = execa(this.#engine.path, [...words, "--non-interactive"], {
      cwd: this.#folder,
      env: {
        PULUMI_BACKEND_URL: `file://${join(this.#folder, "backend")}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      stdout: "ignore",
    });
    const watching = setInterval(() => {
      this.peakMegabytes = Math.max(this.peakMegabytes, peakOf(running.pid ?? 0));
    }, 20);
    await running.finally(() => {
      clearInterval(watching);
    });
  }

  up(): Promise<void> {
    return this.run("up", "--yes", "--skip-preview", "--stack", "dev");
  }

  async fresh(size: number): Promise<void> {
    await this.run("stack", "init", "dev");
    await this.run("config", "set", "size", `${size}`, "--stack", "dev");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The kernel's own count of the most memory a process had. */
function peakOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  try {
    return existsSync(file) ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1] ?? 0) / 1024 : 0;
  } catch {
    return 0; // it has just ended
  }
}

const rows: Record<string, Record<string, number[]>> = {};
const peaks: Record<string, Record<string, number>> = {};

async function lap(what: string, { name }: Engine, act: () => Promise<unknown>): Promise<void> {
  ((rows[what] ??= {})[name] ??= []).push(await timed(act));
}

for (let round = 0; round < 3; round++) {
  for (const engine of engines) {
    const bench = new Bench(engine);
    await lap("start (version)", engine, () => bench.run("version"));
    bench.remove();
  }
}
for (const size of sizes) {
  for (let round = 0; round < (size < 100 ? 3 : 1); round++) {
    for (const engine of engines) {
      const bench = new Bench(engine);
      try {
        await bench.fresh(size);
        await lap(`up of ${size}`, engine, () => bench.up());
        await lap(`no-op up of ${size}`, engine, () => bench.up());
        (peaks[`up of ${size}`] ??= {})[engine.name] = bench.peakMegabytes;
      } finally {
        bench.remove();
      }
    }
  }
}

for (const [what, times] of Object.entries(rows)) {
  const medians = Object.entries(times).map(([name, all]) => {
    const peak = peaks[what]?.[name];
    return `${name} ${(median(all) / 1000).toFixed(2)} s${peak === undefined ? "" : ` (${peak.toFixed(0)} MB)`}`;
  });
  const [embedded, cli] = ["embedded", "pulumi"].map((name) => median(times[name] ?? []));
  const ratio = cli ? `, ${((embedded ?? 0) / cli).toFixed(2)} x the CLI` : "";
  process.stdout.write(`${what}: ${medians.join(", ")}${ratio}\n`);
}
