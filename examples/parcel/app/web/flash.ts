import { clearCookie, setCookie } from "./cookies.ts";
import type { Cookies } from "./cookies.ts";

const flashCookie = "parcel-flash";

/** What the page after a form says, once. The cookie names the message and does not hold it: nobody else can put words in. */
const messages = {
  booked: "The pick-up is booked.",
  cancelled: "The pick-up is cancelled.",
} as const;

export function setFlash(name: keyof typeof messages): string {
  return setCookie(flashCookie, name, 60);
}

export function flashOf(cookies: Cookies): string | undefined {
  const name = cookies[flashCookie] ?? "";
  return Object.hasOwn(messages, name) ? messages[name as keyof typeof messages] : undefined;
}

/** The cookies that take back what was shown. */
export function takeFlash(cookies: Cookies): string[] {
  return cookies[flashCookie] === undefined ? [] : [clearCookie(flashCookie)];
}
