/** One page in a browser: fine, slow, broken in every way, and without an end. */
import { expect, test } from "vitest";
import {
  firstLine,
  isTimeout,
  type Limits,
  type Look,
  lookAt,
  type Wanted,
} from "../../../actions/checks/page-look.ts";
import { browserTest, serveSite, sharedBrowser } from "../../support/browser.ts";
import { closedAddress } from "../../support/context.ts";

const browser = sharedBrowser();

async function look(wanted: Wanted, differing: Partial<Limits> = {}): Promise<Look> {
  const address = differing.address ?? (await serveSite());
  const visitor = await browser().newContext({ viewport: { width: 400, height: 300 } });
  try {
    const limits = { limitMilliseconds: 15_000, allowed: [], ...differing, address };
    const { seen, ...rest } = await lookAt(visitor, wanted, limits);
    return { ...rest, seen: seen.replaceAll(address, "SITE").replace(/\d+ ms\b/, "N ms") };
  } finally {
    await visitor.close();
  }
}

const at = async (path: string, differing: Partial<Limits> = {}): Promise<string[]> => {
  const { verdict, seen } = await look({ path, selector: "h1" }, differing);
  return [verdict, seen];
};

browserTest("a fine page passes, with a picture of it as large as the window", async () => {
  const wanted = { path: "/", selector: "h1", contains: "a b c (1+1)", title: "Parcel" };
  const { verdict, seen, picture = Buffer.alloc(24) } = await look(wanted);
  expect([verdict, seen]).toEqual(["pass", "/ in N ms"]);
  expect(picture.toString("latin1", 1, 4)).toBe("PNG");
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([400, 300]);
});

browserTest("what goes wrong on a page fails, each fault once", async () => {
  expect(await at("/console")).toEqual(["fail", "/console: console: cannot draw 7"]);
  expect(await at("/uncaught")).toEqual(["fail", "/uncaught: uncaught: undefinedThing is not defined"]);
  expect(await at("/missing-script")).toEqual(["fail", "/missing-script: SITE/gone.js answered 404"]);
  expect(await at("/dialog")).toEqual(["fail", "/dialog: opened a dialog: Cookies?"]);
  const [verdict, seen] = await at("/refused-image");
  expect([verdict, seen?.startsWith("/refused-image: http://127.0.0.1:1/x.png failed: net::ERR_")]).toEqual([
    ...["fail", true],
  ]);
});

browserTest("what is allowed is let pass, and nothing else", async () => {
  expect(await at("/missing-script", { allowed: ["/gone\\.js"] })).toEqual(["pass", "/missing-script in N ms"]);
  expect((await at("/console", { allowed: ["^console: cannot draw"] }))[0]).toBe("pass");
  expect((await at("/console", { allowed: ["^console: other"] }))[0]).toBe("fail");
});

browserTest("what is not on the page, or not visible, fails", async () => {
  const seen = async (wanted: object) => (await look({ path: "/", ...wanted }, { limitMilliseconds: 1500 })).seen;
  expect(await seen({ selector: ".cart" })).toBe("/ shows no .cart");
  expect(await seen({ contains: "Secret words" })).toBe('/ shows no "Secret words"');
  expect(await seen({ contains: "YOUR PARCELS" })).toBe('/ shows no "YOUR PARCELS"');
  expect(await seen({ selector: "h1", title: "Letter" })).toBe('/ has the title "Parcel", want "Letter"');
});

browserTest("an error's status, a loop, and a file to download fail", async () => {
  expect(await at("/broken")).toEqual(["fail", "/broken answered 500"]);
  expect(await at("/none")).toEqual(["fail", "/none answered 404"]);
  expect(await at("/loop")).toEqual(["fail", "/loop redirects without end"]);
  expect(await at("/file")).toEqual(["fail", "/file is no page: the browser would not show it"]);
});

browserTest("a page that is slow, or late to show what is wanted, is a warning beyond the target", async () => {
  expect(await at("/slow", { targetMilliseconds: 100 })).toEqual(["warn", "/slow took N ms, the target is 100"]);
  expect(await at("/late", { targetMilliseconds: 100 })).toEqual(["warn", "/late took N ms, the target is 100"]);
});

browserTest("a page without an end fails, one that never answers cannot be judged", async () => {
  const limits = { limitMilliseconds: 1500 };
  expect(await at("/endless", limits)).toEqual(["fail", "/endless did not end loading within N ms"]);
  expect(await at("/busy", limits)).toEqual(["fail", "/busy did not end loading within N ms"]);
  expect(await at("/silent", limits)).toEqual(["unknown", "/silent did not answer within N ms"]);
});

browserTest("a page that fails without end is closed, and fails", async () => {
  const [verdict, seen] = await at("/flood", { limitMilliseconds: 2000 });
  expect([verdict, /^\/flood (failed again|did not end).*; console: again$/.test(seen ?? "")]).toEqual(["fail", true]);
});

browserTest("a redirect elsewhere fails, unless it is expected", async () => {
  expect(await at("/orders")).toEqual(["fail", "/orders ended at /login"]);
  expect((await look({ path: "/orders", endsAt: "/login", selector: "form" })).verdict).toBe("pass");
  expect((await look({ path: "/", endsAt: "/login", selector: "h1" })).seen).toBe("/ ended at /, want /login");
});

browserTest("nobody there, a name that is none, and an answer that is none cannot be judged", async () => {
  const address = await closedAddress();
  expect(await at("/", { address })).toEqual(["unknown", "/: net::ERR_CONNECTION_REFUSED"]);
  expect(await at("/", { address: "http://none.invalid/" })).toEqual(["unknown", "/: net::ERR_NAME_NOT_RESOLVED"]);
  expect(await at("/garbage")).toEqual(["unknown", "/garbage: net::ERR_INVALID_HTTP_RESPONSE"]);
});

browserTest("a selector that is none is said", async () => {
  await expect(look({ path: "/", selector: "h1[" })).rejects.toThrow(/h1\[/);
});

test("of an error only the first line is told, and a time-out is known by its name", () => {
  expect(firstLine(new Error("fill: no field\n  - fill('secret')"))).toBe("fill: no field");
  expect([isTimeout(Object.assign(new Error(), { name: "TimeoutError" })), isTimeout("TimeoutError")]).toEqual([
    ...[true, false],
  ]);
});
