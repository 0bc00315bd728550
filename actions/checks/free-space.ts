import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineCheck, fail, pass, warn } from "../check.ts";

/**
 * Passes with twice `megabytes` free where `path` is (or will be); warns below that, and where less than `inodesPercent`
 * of the disk's inodes are free; fails below `megabytes`, or below `percent` of the disk.
 */
export const freeSpace = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      path: z.string().min(1).describe("file or folder on the disk, there already or not"),
      megabytes: z.int().positive().describe("space that must be free, in MB"),
      percent: z.number().positive().max(100).optional().describe("part of the disk that must be free, in percent"),
      inodesPercent: z
        .number()
        .min(0)
        .max(100)
        .default(5)
        .describe("fewer free inodes are a warning, in percent of the disk's"),
    }),
  async ({ path, megabytes, percent = 0, inodesPercent }) => {
    let place = resolve(path);
    while (!existsSync(place)) place = dirname(place);
    const { bavail, bsize, blocks, files, ffree } = await statfs(place);
    const free = Math.floor((bavail * bsize) / 1_000_000);
    const seen = `${free} MB free for ${path}`;
    if (free < megabytes) return fail(`${seen}, want ${megabytes}`);
    const part = (100 * bavail) / blocks;
    if (part < percent) return fail(`${seen}, ${part.toFixed(1)} % of the disk, want ${percent} %`);
    if (free < 2 * megabytes) return warn(`${seen}, less than twice ${megabytes}`);
    // Some file systems make inodes as they need them, and count none.
    const inodes = files === 0 ? 100 : (100 * ffree) / files;
    return inodes < inodesPercent
      ? warn(`${seen}, but only ${inodes.toFixed(1)} % of the inodes, want ${inodesPercent} %`)
      : pass(seen);
  },
  { quick: true },
);
