import { toPattern } from "./pattern.ts";
import type { Page } from "playwright-core";
import { plain } from "../plain.ts";
import { shorten } from "../shorten.ts";

/** Something that went wrong on a page. Faults with the same `about` are one fault, told by the first of them. */
export interface Fault {
  /** Address of what failed; empty for what is about no address. */
  readonly about: string;
  readonly words: string;
}

const longestWords = 160;
/** A page that fails in a loop would fill the memory: it is closed. */
export const mostFaults = 200;

/** Notes what goes wrong on a page from now on. */
export function watchFaults(page: Page): readonly Fault[] {
  const faults: Fault[] = [];
  const note = (about: string, words: string): void => {
    if (faults.length < mostFaults) faults.push({ about, words });
    else if (!page.isClosed()) void page.close().catch(() => undefined);
  };
  page.on("response", (response) => {
    if (response.status() >= 400) note(response.url(), `${short(response.url())} answered ${response.status()}`);
  });
  page.on("requestfailed", (request) => {
    const text = request.failure()?.errorText ?? "";
    // Given up by the page itself, or by the browser after an answer, which is noted for its status.
    if (text !== "net::ERR_ABORTED") note(request.url(), `${short(request.url())} failed: ${text}`);
  });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // Of what it cannot load the browser tells as well, at the address of that; a script's words stand for themselves.
    if (!message.text().startsWith("Failed to load resource")) note("", `console: ${message.text()}`);
    else if (!isFavicon(message.location().url)) note(message.location().url, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => {
    note("", `uncaught: ${error.message}`);
  });
  page.on("dialog", (dialog) => {
    note("", `opened a dialog: ${dialog.message()}`);
    void dialog.dismiss().catch(() => undefined);
  });
  page.on("crash", () => {
    note("", "the page crashed");
  });
  return faults;
}

/** Each fault once, in one line, without those that a pattern allows. */
export function faultWords(faults: readonly Fault[], allowed: readonly string[]): string[] {
  const patterns = allowed.map(toPattern);
  const first = faults.filter(
    ({ about, words }, index) =>
      faults.findIndex((other) => (about === "" ? other.words === words : other.about === about)) === index,
  );
  return first
    .filter(({ about, words }) => !patterns.some((pattern) => pattern.test(words) || pattern.test(about)))
    .map(({ words }) => shorten(plain(words).replace(/\s+/g, " "), longestWords));
}

/** An address without its query, which may hold what nobody is to read. */
const short = (url: string): string => url.replace(/[?#].*$/s, "");

/** A browser asks for it on its own account: no page misses it. */
const isFavicon = (url: string): boolean => new URL(url, "http://page").pathname === "/favicon.ico";
