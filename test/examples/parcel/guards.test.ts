/** Five ways in, each for its own people; a session is over when it was ended, whoever has a copy of its cookie. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeParcelHost, smokePassword } from "../../support/parcel-host.ts";
import { Visitor } from "./visitor.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

const guards = [
  { entrance: "/login", landing: "/orders", smoke: "smoke", demo: "customer" },
  { entrance: "/admin/login", landing: "/admin", smoke: "smoke-admin", demo: "admin" },
  { entrance: "/employee/login", landing: "/employee", smoke: "smoke-employee", demo: "staff" },
  { entrance: "/sales/login", landing: "/sales", smoke: "smoke-sales", demo: "sales" },
  { entrance: "/support/login", landing: "/support", smoke: "smoke-support", demo: "support" },
];

let host: ParcelHost;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0", "v1.1.0"]);
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
}, 30_000);
afterAll(() => host.remove());

describe.each(guards)("$entrance", ({ entrance, landing, smoke, demo }) => {
  test.each([
    [`${smoke}@parcel.test`, smokePassword],
    [`${demo}@parcel.test`, `${demo}-demo`],
  ])(`lets %s in to ${landing}, and out`, async (email, password) => {
    const visitor = new Visitor(host);
    expect(await visitor.get(landing)).toMatchObject({ status: 303, location: entrance });
    expect(await visitor.signIn(email, password, entrance)).toMatchObject({ status: 303, location: landing });
    const { status, text } = await visitor.get(landing);
    expect(status).toBe(200);
    expect(text).toContain("<h1>");
    expect(await visitor.get(entrance)).toMatchObject({ status: 303, location: landing });
    expect((await visitor.post("/logout", {})).status).toBe(303);
    expect(await visitor.get(landing)).toMatchObject({ status: 303, location: entrance });
  });

  test("is nobody else's", async () => {
    const others = guards.filter((guard) => guard.demo !== demo && !(entrance === "/login" && guard.demo !== "sales"));
    for (const other of others) {
      const visitor = new Visitor(host);
      const refused = await visitor.signIn(`${other.smoke}@parcel.test`, smokePassword, entrance);
      expect(refused.status).toBe(401);
      expect(refused.text).toContain("The e-mail address or the password is wrong.");
      expect((await visitor.signIn(`${other.smoke}@parcel.test`, smokePassword, other.entrance)).status).toBe(303);
      expect((await visitor.get(landing)).status).toBe(403);
    }
  });
});

describe("a session that was ended", () => {
  test("is over for every copy of its cookie, in the next release too; others go on", async () => {
    const [visitor, other] = [new Visitor(host), new Visitor(host)];
    for (const each of [visitor, other]) await each.signIn("customer@parcel.test", "customer-demo");
    const copy = visitor.cookie;
    const replay = async () => (await host.get("/orders", { cookie: copy })).response.status;
    await visitor.get("/orders");
    expect(await replay()).toBe(200);
    await visitor.post("/logout", {});
    expect(await replay()).toBe(303);
    expect((await other.get("/orders")).status).toBe(200);
    host.migrate("v1.1.0");
    expect((await host.reload("v1.1.0")).exitCode).toBe(0);
    expect(await replay()).toBe(303);
    expect((await other.get("/orders")).status).toBe(200);
  });

  test("is remembered outside of the releases and the database", () => {
    const ended = readdirSync(join(host.directory, "shared", "ended-sessions"));
    expect(ended.length).toBeGreaterThan(guards.length);
    expect(ended.every((name) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
  });
});
