/** Chromium for tests, and a small site to look at. Tests are skipped by name, with the reason, where there is none. */
import type { Browser } from "playwright-core";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, test } from "vitest";
import { findBrowser, withBrowser } from "../../actions/checks/browser.ts";
import { bodyOf, serve } from "./context.ts";

const missing = reasonOf(() => findBrowser());

/** A test that needs Chromium. */
export const browserTest = (name: string, run: () => Promise<void>): void => {
  test.skipIf(missing !== undefined)(missing === undefined ? name : `${name} [skipped: ${missing}]`, run);
};

function reasonOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** One browser for all tests of a file: starting one takes longer than most of them. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  const over = Promise.withResolvers<undefined>();
  let ended: Promise<unknown> = Promise.resolve();
  beforeAll(async () => {
    if (missing !== undefined) return;
    const started = Promise.withResolvers<Browser>();
    ended = withBrowser(findBrowser(), { signal: new AbortController().signal }, (one) => {
      started.resolve(one);
      return over.promise;
    });
    browser = await Promise.race([started.promise, ended.then(() => undefined)]);
  });
  afterAll(async () => {
    over.resolve(undefined);
    await ended;
  });
  return () => {
    if (browser === undefined) throw new Error("there is no browser");
    return browser;
  };
}

const form = `<h1>Log in</h1><form method="post" action="/login"><input name="email"><input name="password" type="password">
  <button>Log in</button></form>`;

/** Pages by path, fine and broken ones. Kim's password is `pass word`. */
const pages: Readonly<Record<string, string>> = {
  "/": `<h1>Your parcels</h1><p id="hidden" hidden>Secret words</p><p>a <b>b</b> c (1+1)</p>`,
  "/console": `<h1>Hi</h1><script>console.error("cannot draw", 7); console.warn("a warning")</script>`,
  "/uncaught": `<h1>Hi</h1><script>undefinedThing.call()</script>`,
  "/missing-script": `<h1>Hi</h1><script src="/gone.js?token=abc"></script>`,
  "/refused-image": `<h1>Hi</h1><img src="http://127.0.0.1:1/x.png">`,
  "/late": `<script>setTimeout(() => { document.body.innerHTML = "<h1>Hi</h1>" }, 300)</script>`,
  "/dialog": `<h1>Hi</h1><script>alert("Cookies?")</script>`,
  "/flood": `<h1>Hi</h1><script>for (;;) console.error("again")</script>`,
  "/busy": `<h1>Hi</h1><script>for (;;);</script>`,
};

const html = (response: ServerResponse, body: string): void => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><html><head><title>Parcel</title></head><body>${body}</body></html>`);
};

/** A site with those pages until the test is over. */
export const serveSite = (): Promise<string> =>
  serve(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const redirect = (location: string): void => void response.writeHead(303, { location }).end();
    switch (pathname) {
      case "/slow":
        return void setTimeout(html, 400, response, "<h1>Hi</h1>");
      case "/endless":
        response.writeHead(200, { "content-type": "text/html" });
        return void response.write("<!doctype html><h1>Hi</h1>");
      case "/silent":
        return;
      case "/broken":
        response.statusCode = 500;
        {
          html(response, "<h1>Oops</h1>");
          return;
        }
      case "/loop": {
        redirect("/loop");
        return;
      }
      case "/file":
        response.writeHead(200, { "content-disposition": "attachment", "content-type": "application/zip" });
        return void response.end("PK");
      case "/garbage":
        return void request.socket.end(Buffer.from([0, 1, 2, 3, 255, 10, 10]));
      case "/orders":
        if (request.headers.cookie?.includes("sid=kim") !== true) {
          redirect("/login");
          return;
        }
        {
          html(response, "<h1>Orders of Kim</h1>");
          return;
        }
      case "/login": {
        if (request.method !== "POST") {
          html(response, form);
          return;
        }
        const sent = new URLSearchParams(await bodyOf(request));
        if (sent.get("password") !== "pass word" || sent.get("email") !== "kim") {
          html(response, form);
          return;
        }
        response.setHeader("set-cookie", "sid=kim; Path=/; HttpOnly");
        redirect("/orders");
        return;
      }
      default: {
        const page = pages[pathname];
        if (page === undefined) return void response.writeHead(404).end();
        html(response, page);
        return;
      }
    }
  });
