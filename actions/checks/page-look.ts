import type { BrowserContext, Page, Response } from "playwright-core";
import { reason } from "../check.ts";
import { plain } from "../plain.ts";
import { shorten } from "../shorten.ts";
import { type Fault, faultWords, mostFaults, watchFaults } from "./page-faults.ts";

/** What is to be seen on a page. */
export interface Wanted {
  readonly path: string;
  readonly endsAt?: string | undefined;
  readonly selector?: string | undefined;
  readonly contains?: string | undefined;
  readonly title?: string | undefined;
}

export interface Limits {
  readonly address: string;
  readonly targetMilliseconds?: number | undefined;
  readonly limitMilliseconds: number;
  readonly allowed: readonly string[];
}

export interface Look {
  readonly verdict: "pass" | "warn" | "fail" | "unknown";
  readonly seen: string;
  /** A picture of the page; none where there was nothing to take one of. */
  readonly picture?: Buffer;
}

/** In milliseconds. */
const usualTarget = 3000;
const pictureMilliseconds = 2000;

/** Opens a page as a visitor does, waits for what is wanted on it, and notes what went wrong meanwhile. */
export async function lookAt(visitor: BrowserContext, wanted: Wanted, limits: Limits): Promise<Look> {
  const page = await visitor.newPage();
  try {
    const faults = watchFaults(page);
    const look = await visit(page, wanted, limits).catch((error: unknown): Look => {
      if (page.isClosed() && faults.length > 0) return fail(`${wanted.path} failed again and again`);
      throw error;
    });
    const judged = withFaults(look, wanted, otherFaults(look, faults, wanted, limits));
    if (judged.verdict === "unknown" || faults.length === mostFaults) return judged;
    const picture = await page.screenshot({ timeout: pictureMilliseconds }).catch(() => undefined);
    return picture === undefined ? judged : { ...judged, picture };
  } finally {
    await page.close();
  }
}

/** Of the page itself, when it failed, enough is said already. */
function otherFaults(look: Look, faults: readonly Fault[], { path }: Wanted, limits: Limits): string[] {
  const itself = new URL(path, limits.address).href;
  return faultWords(
    faults.filter(({ about }) => look.verdict !== "fail" || about !== itself),
    limits.allowed,
  );
}

function withFaults(look: Look, { path }: Wanted, faults: readonly string[]): Look {
  if (faults.length === 0 || look.verdict === "unknown") return look;
  return fail(look.verdict === "fail" ? [look.seen, ...faults].join("; ") : `${path}: ${faults.join("; ")}`);
}

async function visit(page: Page, wanted: Wanted, limits: Limits): Promise<Look> {
  const { path } = wanted;
  const { limitMilliseconds: limit, targetMilliseconds: target = Math.min(usualTarget, limit) } = limits;
  const url = new URL(path, limits.address).href;
  const began = performance.now();
  const left = (): number => Math.max(1, limit - (performance.now() - began));
  let answer: Response | undefined;
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) answer = response;
  });
  try {
    await page.goto(url, { waitUntil: "load", timeout: limit });
  } catch (error) {
    return refusedWith(path, answer) ?? notLoaded(error, path, answer !== undefined, limit);
  }
  const refused = refusedWith(path, answer);
  if (refused !== undefined) return refused;
  const missing = await whatIsMissing(page, wanted, left);
  const elsewhere = endedElsewhere(page, url, wanted);
  if (elsewhere !== undefined) return fail(elsewhere);
  if (missing !== undefined) return fail(`${path} shows no ${missing}`);
  const title = await page.title();
  if (wanted.title !== undefined && !title.includes(wanted.title))
    return fail(`${path} has the title ${JSON.stringify(shorten(plain(title), 80))}, want "${wanted.title}"`);
  const took = Math.round(performance.now() - began);
  if (took > limit) return fail(`${path} took ${took} ms, want at most ${limit}`);
  return took > target
    ? { verdict: "warn", seen: `${path} took ${took} ms, the target is ${target}` }
    : { verdict: "pass", seen: `${path} in ${took} ms` };
}

const refusedWith = (path: string, answer: Response | undefined): Look | undefined =>
  answer !== undefined && answer.status() >= 400 ? fail(`${path} answered ${answer.status()}`) : undefined;

/** What the browser says of a page that it did not load. */
function notLoaded(error: unknown, path: string, answered: boolean, limit: number): Look {
  const words = firstLine(error);
  if (words.includes("has been closed")) throw error;
  if (isTimeout(error)) {
    return answered
      ? fail(`${path} did not end loading within ${limit} ms`)
      : { verdict: "unknown", seen: `${path} did not answer within ${limit} ms` };
  }
  if (words.includes("ERR_TOO_MANY_REDIRECTS")) return fail(`${path} redirects without end`);
  if (/ERR_ABORTED|Download is starting/.test(words)) return fail(`${path} is no page: the browser would not show it`);
  return { verdict: "unknown", seen: `${path}: ${/net::\w+/.exec(words)?.[0] ?? words}` };
}

/** The first thing wanted that is not visible within the time left. Errors: a selector that is none. */
async function whatIsMissing(
  page: Page,
  { selector, contains }: Wanted,
  left: () => number,
): Promise<string | undefined> {
  // Not by its words alone: those would be found in any case, and as a part of others only.
  const text = contains === undefined ? undefined : page.getByText(new RegExp(escaped(contains)));
  const wanted = [
    ...(selector === undefined ? [] : [{ place: page.locator(selector), words: selector }]),
    ...(text === undefined ? [] : [{ place: text, words: `"${contains ?? ""}"` }]),
  ];
  for (const { place, words } of wanted) {
    try {
      await place.filter({ visible: true }).first().waitFor({ state: "visible", timeout: left() });
    } catch (error) {
      if (isTimeout(error)) return words;
      throw error;
    }
  }
  return undefined;
}

/** A page that sends its visitors elsewhere (to a login) is not the page, whatever is found there. */
function endedElsewhere(page: Page, url: string, { path, endsAt = path }: Wanted): string | undefined {
  const [asked, ended, want] = [new URL(url), new URL(page.url()), new URL(endsAt, url)];
  if (ended.hostname === asked.hostname && ended.pathname === want.pathname) return undefined;
  const place = ended.hostname === asked.hostname ? ended.pathname : `${ended.origin}${ended.pathname}`;
  return `${path} ended at ${shorten(plain(place), 100)}${endsAt === path ? "" : `, want ${endsAt}`}`;
}

/** Of an error of the browser; the lines below may hold what was typed. */
export const firstLine = (error: unknown): string => plain(reason(error)).split("\n")[0] ?? "";

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");

const fail = (seen: string): Look => ({ verdict: "fail", seen });
