import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { type Context, Refusal } from "../action.ts";
import { inherited } from "../inherited.ts";

const usualNames = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const installs = "apt-get install chromium";
/** For an end in good order; what is left after that ends with the step. */
const closeMilliseconds = 10_000;
/** A browser runs what pages bring: it needs less of the environment than other programs. */
const needs = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"];

/**
 * The path of a Chromium: the one named, or the first of the usual names on the PATH. Errors: there is none, with the
 * command that installs it.
 */
export function findBrowser(named?: string, path = process.env.PATH ?? ""): string {
  if (named?.includes("/")) {
    if (isProgram(named)) return named;
    throw new Refusal(`there is no browser at ${named}: ${installs}`);
  }
  const names = named === undefined ? usualNames : [named];
  const places = path.split(delimiter).filter((place) => place !== "");
  const found = names.flatMap((name) => places.map((place) => join(place, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Refusal(`no browser on the PATH (looked for ${names.join(", ")}): ${installs}`);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Starts a browser that nobody sees, has it used, and ends it with all its processes, however that went. Errors: it
 * cannot be started; what `use` throws; the signal.
 */
export async function withBrowser<Result>(
  executablePath: string,
  { signal }: Pick<Context, "signal">,
  use: (browser: Browser) => Promise<Result>,
): Promise<Result> {
  const { chromium } = await import("playwright-core");
  signal.throwIfAborted();
  const browser = await chromium.launch({
    executablePath,
    // It refuses to be root with one.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-dev-shm-usage", "--disable-gpu"],
    env: inherited(needs),
    // Whoever started this process aborts the signal.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    timeout: 30_000,
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= browser.close().catch(() => undefined));
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  const end = (): void => {
    gone.reject(signal.reason);
    void close();
  };
  browser.once("disconnected", () => {
    gone.reject(new Refusal("the browser ended by itself"));
  });
  signal.addEventListener("abort", end, { once: true });
  try {
    signal.throwIfAborted();
    // Not everything that waits for a browser ends with it.
    return await Promise.race([use(browser), gone.promise]);
  } finally {
    signal.removeEventListener("abort", end);
    await Promise.race([close(), pause(closeMilliseconds, undefined, { ref: false })]);
  }
}
