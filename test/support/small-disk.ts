/** Disks that are soon full: memory mounted in the place of a folder, which only root may do. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const canMount = process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;

/** A disk of so many KB in the place of a folder, with what was in it. Removed by `remove`, with what is on it. */
export class SmallDisk {
  readonly folder: string;

  constructor(folder: string, kilobytes: number) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    renameSync(folder, `${folder}.first`);
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder]);
    cpSync(`${folder}.first`, folder, { recursive: true });
  }

  /** Fills it but for so many KB. */
  fill(left = 0): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(join(this.folder, "fill"), Buffer.alloc(Math.max(0, bavail * bsize - left * 1024)));
  }

  empty(): void {
    rmSync(join(this.folder, "fill"));
  }

  remove(): void {
    execFileSync("umount", ["-l", this.folder]);
  }
}
