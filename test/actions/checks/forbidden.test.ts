/** Who may not see what, against a site with two roles, whole and wrong in every way. */
import { expect, test } from "vitest";
import { forbidden } from "../../../actions/checks/forbidden.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { password, serveSite, signsIn } from "../../support/site.ts";

type Roles = Readonly<Record<string, number>>;

/** A site whose routes answer strangers, customers and admins with these statuses. */
const siteOf = (routes: Record<string, Roles>): Promise<string> =>
  serveSite(({ response, what, user = "stranger" }) =>
    response.writeHead(routes[what.replace("GET ", "")]?.[user] ?? 404).end(),
  );

const admin = { stranger: 302, customer: 403, admin: 200 };

async function verdict(address: string, differing: object = {}, typed = password): Promise<string[]> {
  const args = { address, routes: ["/admin"], user: signsIn("customer"), allowed: signsIn("admin"), timeoutSeconds: 2 };
  const { result } = await act(forbidden, { ...args, ...differing }, { secrets: { SMOKE: typed, OTHER: "wrong" } });
  return [result.verdict, result.seen];
}

test("who may not is refused where somebody else gets in", async () => {
  const address = await siteOf({ "/admin": admin, "/admin/users": { stranger: 302, customer: 404, admin: 200 } });
  expect(await verdict(address)).toEqual(["pass", "customer is refused (403) where admin gets in: /admin"]);
  const more = { routes: ["/admin", "/admin/users"], statuses: [403, 404], anonymous: [302, 401] };
  expect(await verdict(address, more)).toEqual([
    ...["pass", "customer is refused (403 or 404) where admin gets in: /admin, /admin/users"],
  ]);
});

test.each<[string, Roles, object, string]>([
  ["a route that lets everybody in", { ...admin, customer: 200 }, {}, "/admin answered customer 200, want 403"],
  ["another refusal", { ...admin, customer: 404 }, {}, "/admin answered customer 404, want 403"],
  ["a fault", { ...admin, customer: 500 }, {}, "/admin answered customer 500, want 403"],
  ["a way in for the wrong one", { customer: 200 }, {}, "/admin answered customer 200, want 403"],
  [
    "a stranger who gets in",
    { ...admin, stranger: 200 },
    { anonymous: [302, 401] },
    "/admin answered a stranger 200, want 302 or 401",
  ],
])("%s fails", async (_, roles, differing, seen) => {
  expect(await verdict(await siteOf({ "/admin": roles }), differing)).toEqual(["fail", seen]);
});

test("a route that is open to all fails, whoever was signed in", async () => {
  const address = await siteOf({ "/admin": { stranger: 200, customer: 200, admin: 200 } });
  expect(await verdict(address)).toEqual(["fail", "/admin answered customer 200, want 403"]);
});

test("a route that is there for nobody proves nothing", async () => {
  const address = await siteOf({ "/admin": admin, "/gone": { stranger: 302, customer: 403, admin: 404 } });
  const nobody = "admin, who is allowed, does not get in, so a refusal proves nothing: ";
  expect(await verdict(address, { routes: ["/admin", "/gone"] })).toEqual(["unknown", `${nobody}/gone answered 404`]);
  expect(await verdict(address, { routes: ["/none"] })).toEqual(["unknown", `${nobody}/none answered 404`]);
});

test("where strangers are refused alike, only a page can show that the user was signed in", async () => {
  const address = await siteOf({
    ...{ "/admin": { ...admin, stranger: 403 }, "/me": { stranger: 302, customer: 200, admin: 200 } },
    ...{ "/home": { stranger: 200, customer: 200 }, "/none": { admin: 200 } },
  });
  const proves = "strangers are refused like customer, which proves no login: name a page that only the signed-in get";
  expect(await verdict(address)).toEqual(["unknown", proves]);
  expect((await verdict(address, { page: "/me" }))[0]).toBe("pass");
  expect(await verdict(await siteOf({ "/admin": admin }), { user: { user: "customer", password: "OTHER" } })).toEqual([
    ...["unknown", proves],
  ]);
  expect(await verdict(address, { page: "/home" })).toEqual([
    ...["unknown", "/home is shown to everybody: it proves no login of customer"],
  ]);
  const notIn = { page: "/me", user: { user: "customer", password: "OTHER" } };
  expect(await verdict(address, notIn)).toEqual(["fail", "/me answered 302 after the login of customer"]);
});

test("without a login form it fails; without an answer or a password nothing can be said", async () => {
  expect(await verdict(await serve((_, response) => response.writeHead(503).end()))).toEqual([
    ...["fail", "/login answered 503, want 200"],
  ]);
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  const slow = await serveSite(() => undefined);
  expect(await verdict(slow, { timeoutSeconds: 0.2 })).toEqual([
    ...["unknown", "The operation was aborted due to timeout"],
  ]);
  const none = { user: { user: "customer", password: "NONE" } };
  expect(await verdict(slow, none)).toEqual(["unknown", "step: was not given the secret NONE"]);
});

test("arguments that prove nothing are refused", () => {
  const args = { address: "http://localhost", routes: ["/admin"], user: signsIn("a"), allowed: signsIn("b") };
  expect(() => call(forbidden, { ...args, routes: [] })).toThrow("at routes");
  expect(() => call(forbidden, { ...args, statuses: [] })).toThrow("at statuses");
  expect(() => call(forbidden, { ...args, statuses: [200] })).toThrow("at statuses[0]");
  expect(() => call(forbidden, { ...args, allowed: signsIn("a") })).toThrow(
    "is the user who may not: name somebody else\n  → at allowed",
  );
});
