/** Finding a browser, and that it is gone afterwards, however it was used. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBrowser, withBrowser } from "../../../actions/checks/browser.ts";
import { browserTest } from "../../support/browser.ts";
import { temporaryFolder, until } from "../../support/context.ts";

function program(folder: string, name: string): string {
  const file = join(folder, name);
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

test("the first of the usual names on the PATH is taken, or the one that is named", () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const chrome = program(first, "google-chrome");
  const chromium = program(second, "chromium");
  const own = program(first, "my-chrome");
  mkdirSync(join(first, "chromium"));
  const path = `${first}::${second}`;
  expect(findBrowser(undefined, path)).toBe(chromium);
  expect(findBrowser(undefined, first)).toBe(chrome);
  expect([findBrowser("my-chrome", path), findBrowser(own, "")]).toEqual([own, own]);
});

test("where there is none, it is said how to install it", () => {
  const words = "no browser on the PATH (looked for chromium, chromium-browser, google-chrome, chrome)";
  expect(() => findBrowser(undefined, temporaryFolder())).toThrow(`${words}: apt-get install chromium`);
  expect(() => findBrowser("brave", "")).toThrow("no browser on the PATH (looked for brave): apt-get install chromium");
  expect(() => findBrowser("/none/chromium", "")).toThrow("no browser at /none/chromium: apt-get install chromium");
});

/** Processes of ours that are a browser; each has its profile in a folder of its own. */
const browsers = (): string[] =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("--user-data-dir="));

const gone = (): Promise<void> => until("the browser is gone", () => browsers().length === 0);

browserTest("nothing of it is left when it was used, when that failed, and when it was cut off", async () => {
  const never = new AbortController().signal;
  const version = await withBrowser(findBrowser(), { signal: never }, (browser) => {
    expect(browsers()).toHaveLength(1);
    return Promise.resolve(browser.version());
  });
  expect(version).toMatch(/^\d+\./);
  await gone();
  const fails = withBrowser(findBrowser(), { signal: never }, () => Promise.reject(new Error("no such page")));
  await expect(fails).rejects.toThrow("no such page");
  await gone();
  const cut = new AbortController();
  const hangs = withBrowser(findBrowser(), cut, async (browser) => {
    const page = await browser.newPage();
    cut.abort();
    await page.waitForTimeout(60_000);
  });
  await expect(hangs).rejects.toThrow("aborted");
  await gone();
});

browserTest("one that is stopped before it began is not started", async () => {
  const use = (): Promise<never> => Promise.reject(new Error("was started"));
  await expect(withBrowser(findBrowser(), { signal: AbortSignal.abort() }, use)).rejects.toThrow("aborted");
});

test("a program that is no browser is said to be none", async () => {
  const file = program(temporaryFolder(), "chromium");
  const use = (): Promise<never> => Promise.reject(new Error("was started"));
  await expect(withBrowser(file, { signal: new AbortController().signal }, use)).rejects.toThrow(/launch/);
});
