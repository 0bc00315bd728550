import type { BrowserContext, Page } from "playwright-core";
import type { Context } from "../action.ts";
import { isTimeout } from "./page-look.ts";
import type { SignIn } from "./sign-in.ts";

/**
 * Types name and password into the form and sends it, as a person does. Returns what went wrong, undefined for nothing;
 * whether the visitor now sees more is for the pages to show. Errors: there is no such secret; no answer.
 */
export async function signInByBrowser(
  visitor: BrowserContext,
  { path, user, password, fields }: SignIn,
  { address, limitMilliseconds: timeout }: { readonly address: string; readonly limitMilliseconds: number },
  { secret }: Pick<Context, "secret">,
): Promise<string | undefined> {
  const typed = secret(password);
  const page = await visitor.newPage();
  try {
    const status = await open(page, new URL(path, address).href, timeout);
    if (status >= 400) return `${path} answered ${status}`;
    const userField = named(fields.user);
    const passwordField = named(fields.password);
    for (const field of [userField, passwordField]) {
      if (!(await isThere(page.locator(field).first().waitFor({ timeout })))) return `${path} has no field ${field}`;
    }
    await page.locator(userField).first().fill(user, { timeout });
    await page.locator(passwordField).first().fill(typed, { timeout });
    const button = page.locator(`form:has(${passwordField}) :is(${buttons})`).first();
    if ((await button.count()) > 0) await button.click({ timeout });
    else await page.locator(passwordField).first().press("Enter", { timeout });
    const gone = page.locator(passwordField).first().waitFor({ state: "hidden", timeout });
    if (!(await isThere(gone))) return `${path} still asks ${user} for the password after it was sent`;
    await page.waitForLoadState("load", { timeout });
    return undefined;
  } finally {
    await page.close();
  }
}

/** The status of a page's answer, whether there is something to show or not. Errors: no answer. */
async function open(page: Page, url: string, timeout: number): Promise<number> {
  let status = 0;
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) status = response.status();
  });
  await page.goto(url, { timeout }).catch((error: unknown) => {
    if (status < 400) throw error;
  });
  return status;
}

const buttons = "button:not([type=button], [type=reset]), input[type=submit], input[type=image]";

const named = (field: string): string => `[name=${JSON.stringify(field)}]`;

/** False when it did not come within the time. */
async function isThere(waiting: Promise<void>): Promise<boolean> {
  try {
    await waiting;
    return true;
  } catch (error) {
    if (isTimeout(error)) return false;
    throw error;
  }
}
