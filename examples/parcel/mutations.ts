// Which check of the pipeline finds out about which release. The table in README.md is this one.

/** What a release that is broken on purpose does not keep, and who finds out. A test asks every check about every one. */
export interface Mutation {
  readonly tag: string;
  /** What v1.0.0 promises, and this release does not keep. */
  readonly breaks: string;
  /** The check that sees it: it fails; of `warn-slow` it warns. */
  readonly seenBy: string;
  /** Other checks that fail, too, and why. */
  readonly also?: Readonly<Record<string, string>>;
}

const whoMayHaveIt = "the list of routes says who may have a page";
const oneExit = "all entrances have the same way out";

export const mutations: readonly Mutation[] = [
  { tag: "broken-health", breaks: "the time in the health is now", seenBy: "health" },
  { tag: "broken-version", breaks: "the version names the whole commit", seenBy: "version" },
  { tag: "broken-customer-login", breaks: "customers can sign in", seenBy: "login" },
  { tag: "broken-sales-login", breaks: "who sells sees the figures after signing in", seenBy: "login-sales" },
  {
    ...{ tag: "broken-support-login", breaks: "the support can sign in", seenBy: "login-support" },
    also: { routes: whoMayHaveIt },
  },
  {
    ...{ tag: "broken-logout", breaks: "signing out ends the session on the server", seenBy: "login" },
    also: Object.fromEntries(["admin", "employee", "sales", "support"].map((name) => [`login-${name}`, oneExit])),
  },
  {
    ...{ tag: "broken-forbidden", breaks: "only administrators see the administration", seenBy: "forbidden" },
    also: { routes: whoMayHaveIt },
  },
  { tag: "broken-callback", breaks: "who has paid is led to the thanks", seenBy: "callback" },
  { tag: "broken-replay", breaks: "a payment that is told twice counts once", seenBy: "callback" },
  { tag: "broken-upload", breaks: "a file comes back as it was sent", seenBy: "upload" },
  { tag: "broken-download", breaks: "an invoice is saved under its name", seenBy: "download" },
  { tag: "broken-sse", breaks: "events come when they happen", seenBy: "sse" },
  {
    ...{ tag: "broken-csrf", breaks: "scripts get their token as a cookie", seenBy: "csrf" },
    also: { upload: "it sends the token back as scripts do" },
  },
  { tag: "broken-trpc", breaks: "tRPC's clients find the data of a result", seenBy: "trpc" },
  { tag: "broken-calendar", breaks: "who books a pick-up sees it", seenBy: "calendar" },
  { tag: "broken-flash", breaks: "the page after a booking says so", seenBy: "calendar" },
  { tag: "broken-order", breaks: "a new order is shown", seenBy: "orders" },
  { tag: "broken-hosts", breaks: "foreign host names are refused", seenBy: "hosts" },
  { tag: "broken-slow", breaks: "the first page comes at once (here 1.5 s)", seenBy: "latency" },
  { tag: "broken-logs", breaks: "the log has no errors", seenBy: "logs" },
  { tag: "broken-queue", breaks: "the label worker does every job", seenBy: "queue" },
  { tag: "broken-cache", breaks: "all processes share the cache", seenBy: "cache" },
  { tag: "broken-routes", breaks: "nothing is served that was not reviewed", seenBy: "routes" },
  { tag: "broken-page", breaks: "the pages keep to their own security policy", seenBy: "browser" },
  { tag: "broken-schema", breaks: "pick-ups have notes", seenBy: "schema" },
  { tag: "broken-query", breaks: "every order has a history", seenBy: "query" },
  { tag: "broken-headers", breaks: "browsers do not guess types", seenBy: "contract" },
  { tag: "broken-cookie", breaks: "scripts cannot read who has signed in", seenBy: "contract" },
  { tag: "warn-slow", breaks: "the first page comes at once (here 0.4 s)", seenBy: "latency" },
];

/** The same for readers. */
export const mutationTable = [
  "| release | does not keep | seen by | who else fails, and why |",
  "|---|---|---|---|",
  ...mutations.map(({ tag, breaks, seenBy, also }) => `| \`${tag}\` | ${breaks} | ${seenBy} | ${othersIn(also)} |`),
].join("\n");

/** Those with the same reason together. */
function othersIn(also: Mutation["also"] = {}): string {
  const byReason = Object.groupBy(Object.entries(also), ([, why]) => why);
  const said = Object.entries(byReason).map(([why, names = []]) => `${names.map(([name]) => name).join(", ")}: ${why}`);
  return said.join("; ");
}
