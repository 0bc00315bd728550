/** Signing in by typing into the form of a small real site. */
import { expect } from "vitest";
import { signInByBrowser } from "../../../actions/checks/browser-sign-in.ts";
import { browserTest, serveSite, sharedBrowser } from "../../support/browser.ts";
import { makeContext } from "../../support/context.ts";

const browser = sharedBrowser();
const kim = { path: "/login", user: "kim", password: "SMOKE", fields: { user: "email", password: "password" } };

async function signedIn(who: typeof kim, password: string, limitMilliseconds = 15_000) {
  const address = await serveSite();
  const visitor = await browser().newContext();
  try {
    const { context } = makeContext({ secrets: { SMOKE: password } });
    const refused = await signInByBrowser(visitor, who, { address, limitMilliseconds }, context);
    return [refused, (await visitor.cookies()).map(({ name, value }) => `${name}=${value}`).join()];
  } finally {
    await visitor.close();
  }
}

browserTest("name and password are typed and sent; what the site gives for it stays with the visitor", async () => {
  expect(await signedIn(kim, "pass word")).toEqual([undefined, "sid=kim"]);
});

browserTest("a page that is not there, has no such field, or no form at all, is said", async () => {
  expect(await signedIn({ ...kim, path: "/none" }, "pass word")).toEqual(["/none answered 404", ""]);
  const other = { ...kim, fields: { user: "name", password: "password" } };
  expect(await signedIn(other, "pass word", 2000)).toEqual(['/login has no field [name="name"]', ""]);
});

browserTest("without the password nothing is tried", async () => {
  await expect(signedIn({ ...kim, password: "OTHER" }, "pass word")).rejects.toThrow("was not given the secret OTHER");
});
