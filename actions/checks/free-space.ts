import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineCheck, fail, pass, warn } from "../check.ts";

/** Passes with twice `megabytes` free where `path` is (or will be), warns below that, fails below `megabytes`. */
export const freeSpace = defineCheck(
  import.meta.url,
  (z) => z.strictObject({ path: z.string().min(1), megabytes: z.int().positive() }),
  async ({ path, megabytes }) => {
    let place = resolve(path);
    while (!existsSync(place)) place = dirname(place);
    const { bavail, bsize } = await statfs(place);
    const free = Math.floor((bavail * bsize) / 1_000_000);
    const seen = `${free} MB free for ${path}`;
    if (free < megabytes) return fail(`${seen}, want ${megabytes}`);
    return free < 2 * megabytes ? warn(`${seen}, less than twice ${megabytes}`) : pass(seen);
  },
  { quick: true },
);
