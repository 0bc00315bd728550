/** Customers on line: two processes that ask all the time, one keeping its connections and one not. */
import { join } from "node:path";
import { execa } from "execa";
import type { LoadResult } from "../examples/parcel/load.ts";
import { repository } from "./engines.ts";

/** Paths that every release serves, the broken ones too. */
const healthyPaths = ["/api/version", "/login"];

/** Starts them; what is returned ends them and tells what became of their requests, keep-alive first. */
export async function customersAt(address: string): Promise<() => Promise<LoadResult[]>> {
  const ends = await Promise.all((["keep-alive", "close"] as const).map((mode) => start(address, mode)));
  return () => Promise.all(ends.map((end) => end()));
}

async function start(address: string, mode: string): Promise<() => Promise<LoadResult>> {
  const script = join(repository, "test/examples/parcel/load.ts");
  const load = execa(process.execPath, [script, address, mode, "2", "", ...healthyPaths], { stdin: "pipe" });
  await new Promise((resolve) => load.stdout.once("data", resolve));
  return async () => {
    load.stdin.end();
    const { stdout } = await load;
    return JSON.parse(stdout.split("\n").at(-1) ?? "") as LoadResult;
  };
}
