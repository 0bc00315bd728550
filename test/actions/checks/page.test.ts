/** The check of several pages in one browser. What a page can do is in page-look.test.ts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import selfsigned from "selfsigned";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { findBrowser } from "../../../actions/checks/browser.ts";
import { page } from "../../../actions/checks/page.ts";
import { call } from "../../../components/call.ts";
import { browserTest, serveSite } from "../../support/browser.ts";
import { act, temporaryFolder } from "../../support/context.ts";

async function look(paths: readonly string[], differing: object = {}, given: object = {}) {
  const address = await serveSite();
  const pages = paths.map((path) => ({ path, selector: "h1" }));
  const args = { address, pages, limitMilliseconds: 15_000, ...differing };
  const { result, kept } = await act(page, args, { secrets: { SMOKE: "pass word" }, ...given });
  return { verdict: result.verdict, seen: result.seen.replace(/\d+ ms/g, "N ms"), files: result.files, kept };
}

const signIn = { user: "kim", password: "SMOKE" };

browserTest("who signs in sees the pages, and a screenshot of each is kept", async () => {
  const { kept, ...answer } = await look(["/orders", "/"], { signIn });
  const files = ["files/1-orders.png", "files/2-root.png"];
  expect(answer).toEqual({ verdict: "pass", seen: "/orders in N ms; / in N ms", files });
  expect(Object.values(kept).map((picture) => Buffer.from(picture).toString("latin1", 1, 4))).toEqual(["PNG", "PNG"]);
});

browserTest("a sign-in that is refused fails, and the password is not told", async () => {
  const { verdict, seen } = await look(
    ["/orders"],
    { signIn, limitMilliseconds: 4000 },
    { secrets: { SMOKE: "wrong word" } },
  );
  expect([verdict, seen.includes("wrong word")]).toEqual(["fail", false]);
});

browserTest("the worst page counts, and every page that answered is shown", async () => {
  const { verdict, seen, files } = await look(["/silent", "/", "/broken", "/console"], { limitMilliseconds: 3000 });
  expect([verdict, seen]).toEqual(["fail", "/broken answered 500; /console: console: cannot draw 7"]);
  expect(files).toEqual(["files/2-root.png", "files/3-broken.png", "files/4-console.png"]);
});

browserTest("a certificate that nobody vouches for cannot be judged", async () => {
  const { private: key, cert } = await selfsigned.generate([{ name: "commonName", value: "127.0.0.1" }]);
  const server = createServer({ key, cert }, (_, response) => response.end("<h1>Hi</h1>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { verdict, seen } = await look(["/"], {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  expect([verdict, seen.replace(/AUTHORITY_INVALID|COMMON_NAME_INVALID/, "X")]).toEqual([
    ...["unknown", "/: net::ERR_CERT_X"],
  ]);
});

browserTest("when the time is over the browser is ended", async () => {
  const { verdict, seen } = await look(["/silent"], {}, { signal: AbortSignal.timeout(1500) });
  expect([verdict, seen]).toEqual(["unknown", "the browser was ended before it had shown every page"]);
});

browserTest("a browser that dies on its own account has judged nothing", async () => {
  const program = join(temporaryFolder(), "chromium");
  writeFileSync(program, `#!/bin/sh\n"${findBrowser()}" "$@" &\nsleep 1.5\nkill -9 $!\n`, { mode: 0o755 });
  const { verdict } = await look(["/silent"], { browser: program });
  expect(verdict).toBe("unknown");
});

test("without a browser nothing can be said, but how it is installed", async () => {
  const browser = join(temporaryFolder(), "chromium");
  const { verdict, seen } = await look(["/"], { browser });
  expect([verdict, seen]).toEqual(["unknown", `there is no browser at ${browser}: apt-get install chromium`]);
});

test("pages on which nothing is wanted are refused, and a target beyond the limit", () => {
  const refused = (args: object) => () => call(page, { address: "http://127.0.0.1", pages: [], ...args });
  expect(refused({})).toThrow("✖ Too small: expected array to have >=1 items\n  → at pages");
  expect(refused({ pages: [{ path: "/", title: "Parcel" }] })).toThrow(
    "✖ wants nothing on the page, so an empty one would pass: name a selector, or text that it contains\n  → at pages[0]",
  );
  const pages = [{ path: "/", selector: "h1" }];
  expect(refused({ pages, allowed: ["("] })).toThrow("✖ is no regular expression\n  → at allowed[0]");
  expect(refused({ pages, targetMilliseconds: 9, limitMilliseconds: 8 })).toThrow(
    "targetMilliseconds is more than limitMilliseconds, so there would never be a warning",
  );
});
