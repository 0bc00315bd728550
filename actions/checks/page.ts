import type { Browser, BrowserContext } from "playwright-core";
import type { Context, Zod } from "../action.ts";
import { defineCheck, reason, unknown, type Verdict } from "../check.ts";
import { signInByBrowser } from "./browser-sign-in.ts";
import { findBrowser, withBrowser } from "./browser.ts";
import { firstLine, type Limits, lookAt, type Look, type Wanted } from "./page-look.ts";
import { patternSchema } from "./pattern.ts";
import { type SignIn, signInSchema } from "./sign-in.ts";

interface Args extends Limits {
  readonly pages: readonly Wanted[];
  readonly signIn?: SignIn | undefined;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly browser?: string | undefined;
}

type Answer = Pick<Verdict, "verdict" | "seen" | "files">;

/**
 * Passes when a browser (Chromium) shows every page with what is wanted on it, without errors in its console, uncaught
 * exceptions, failed requests, dialogs and redirects elsewhere. Warns beyond the target for the time that a page takes,
 * fails beyond the limit. Keeps a screenshot of every page.
 */
export const page = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        address: z.url().describe("base address of the application"),
        pages: z.array(wantedSchema(z)).min(1).max(50).describe("pages to look at, one after the other"),
        signIn: signInSchema(z).optional().describe("who signs in first, by the form, in the browser"),
        allowed: z
          .array(patternSchema(z))
          .default([])
          .describe("regular expressions; what goes wrong and matches one (its words or its address) is let pass"),
        targetMilliseconds: z
          .number()
          .positive()
          .optional()
          .describe(
            "a page that takes longer until all that is wanted is seen is a warning; default 3000, or the limit",
          ),
        limitMilliseconds: z
          .number()
          .positive()
          .max(120_000)
          .default(10_000)
          .describe("a page that takes longer fails; nothing is waited for beyond it"),
        viewport: z
          .strictObject({ width: z.int().min(200).max(8000), height: z.int().min(200).max(8000) })
          .default({ width: 1280, height: 800 })
          .describe("size of the window, in pixels"),
        browser: z.string().min(1).optional().describe("program or path; by default the first Chromium on the PATH"),
      })
      .refine(
        ({ targetMilliseconds = 0, limitMilliseconds }) => targetMilliseconds <= limitMilliseconds,
        "targetMilliseconds is more than limitMilliseconds, so there would never be a warning",
      ),
  async (args, context) => {
    const executable = find(args.browser);
    if (typeof executable !== "string") return executable;
    try {
      return await withBrowser(executable, context, (browser) => lookAtAll(browser, args, context));
    } catch (error) {
      if (context.signal.aborted) return unknown("the browser was ended before it had shown every page");
      // Only the first line: those below may hold what was typed.
      return unknown(firstLine(error));
    }
  },
  { timeoutSeconds: 600 },
);

const wantedSchema = (z: Zod) =>
  z
    .strictObject({
      path: z.string().startsWith("/").describe("path of the page"),
      endsAt: z.string().startsWith("/").optional().describe("path it redirects to; by default it must not redirect"),
      selector: z.string().min(1).optional().describe("CSS selector of something that must be visible"),
      contains: z.string().min(1).optional().describe("text that must be visible"),
      title: z.string().min(1).optional().describe("words in the page's title"),
    })
    .refine(
      ({ selector, contains }) => selector !== undefined || contains !== undefined,
      "wants nothing on the page, so an empty one would pass: name a selector, or text that it contains",
    );

function find(browser: string | undefined): string | Answer {
  try {
    return findBrowser(browser);
  } catch (error) {
    return unknown(reason(error));
  }
}

async function lookAtAll(browser: Browser, args: Args, context: Pick<Context, "secret" | "keep">): Promise<Answer> {
  const visitor = await browser.newContext({ viewport: args.viewport, acceptDownloads: false });
  const refused = args.signIn && (await signInByBrowser(visitor, args.signIn, args, context));
  if (refused !== undefined) return { verdict: "fail", seen: refused };
  const looks = await inTurn(visitor, args);
  const files = looks.flatMap(({ picture }, index) =>
    picture === undefined ? [] : [context.keep(pictureName(index, args.pages[index]?.path ?? ""), picture)],
  );
  return { ...together(looks), files };
}

async function inTurn(visitor: BrowserContext, args: Args): Promise<Look[]> {
  const looks: Look[] = [];
  for (const wanted of args.pages) looks.push(await lookAt(visitor, wanted, args));
  return looks;
}

/** The worst of them, with all that is as bad. */
function together(looks: readonly Look[]): Pick<Answer, "verdict" | "seen"> {
  const order = ["fail", "unknown", "warn", "pass"] as const;
  const verdict = order.find((one) => looks.some((look) => look.verdict === one)) ?? "unknown";
  const seen = looks.filter((look) => look.verdict === verdict).map((look) => look.seen);
  return { verdict, seen: seen.join("; ") };
}

const pictureName = (index: number, path: string): string => {
  const words = path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `${index + 1}-${words === "" ? "root" : words.slice(0, 60)}.png`;
};
