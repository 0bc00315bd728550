import type { Author, Release } from "./history.ts";

const mira: Author = { name: "Mira Okafor", email: "mira@parcel.test" };
const jonas: Author = { name: "Jonas Feld", email: "jonas@parcel.test" };

/** Releases that break what v1.0.0 promises, each one promise, by one small change on a branch of its own. Whoever wrote it
 * meant well: no message says what is wrong. */
export const brokenReleases: readonly Release[] = [
  broken("health", "Tell how fresh the data are", mira, ["web/health.ts"]),
  broken("version", "Shorten the commit", jonas, ["web/health.ts"]),
  broken("customer-login", "Let staff and administrators in at the front door", mira, ["accounts/guards.ts"]),
  broken("sales-login", "Begin the sales with a quarter", jonas, ["web/routes/desks.ts"]),
  broken("support-login", "Let the staff do the support", mira, ["accounts/guards.ts"]),
  broken("logout", "Sign out without writing to the disk", jonas, ["web/routes/entrance.ts"]),
  broken("forbidden", "Let everybody who works here see the administration", mira, ["web/routes.ts"]),
  broken("callback", "Lead people who have paid to their orders", jonas, ["web/routes/payments.ts"]),
  broken("replay", "Allow for providers that begin their numbers anew", mira, ["payments/payments.ts"]),
  broken("upload", "Read what is uploaded as text", jonas, ["web/routes/files.ts"]),
  broken("download", "Show invoices in the browser", mira, ["web/routes/invoices.ts"]),
  broken("sse", "Wake the readers of events less often", jonas, ["web/routes/events.ts"]),
  broken("csrf", "Give the token to scripts once, not twice", mira, ["web/routes/csrf.ts"]),
  broken("trpc", "Answer with the result itself", jonas, ["web/routes/trpc.ts"]),
  broken("calendar", "Show the driver a name instead of an address", mira, ["appointments/appointments.ts"]),
  broken("flash", "Let the list of pick-ups speak for itself", jonas, ["web/routes/calendar.ts"]),
  broken("order", "Know orders by their numbers", mira, ["web/routes/orders.ts"]),
  broken("hosts", "Answer programs under any name", jonas, ["web/listener.ts"]),
  broken("slow", "Ask the depot for its news", mira, ["web/routes/entrance.ts"]),
  broken("logs", "Warn of old rates", jonas, ["web/health.ts"]),
  broken("queue", "Print labels before all else", mira, ["labels/queue.ts"]),
  broken("cache", "Keep the cache in memory", jonas, ["host/cache.ts"]),
  broken("routes", "List the accounts for the directory", mira, ["web/routes.ts", "web/routes/accounts.ts"]),
  broken("page", "Say when the depot is open", jonas, ["pages/home.ts"]),
  broken("schema", "Drop the notes for the driver", mira, [
    ...["migrations/0002_no_notes.up.sql", "database/schema.ts", "appointments/appointments.ts"],
  ]),
  broken("query", "Forget what is older than two weeks", jonas, ["migrations/0002_old_events.up.sql"]),
  broken("headers", "Send fewer headers", mira, ["web/answers.ts"]),
  broken("cookie", "Let scripts see who has signed in", jonas, ["web/cookies.ts"]),
  { ...broken("slow", "Ask the depot for its latest news", jonas, ["web/routes/entrance.ts"]), ...named("warn-slow") },
];

function broken(promise: string, message: string, author: Author, writes: readonly string[]): Release {
  const commits = [{ message, author, date: "2026-09-28T10:00:00Z", writes }];
  return { ...named(`broken-${promise}`), parent: "v1.0.0", message, commits };
}

/** A branch must not have the name of a tag: git would not know which is meant. */
function named(tag: string): Pick<Release, "tag" | "branch"> {
  return { tag, branch: `try/${tag}` };
}
