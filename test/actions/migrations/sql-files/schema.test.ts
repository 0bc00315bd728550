/** Work on a schema: an error in front of the switch, a record of what is true behind it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { Refusal } from "../../../../actions/action.ts";
import { workOnSchema } from "../../../../actions/migrations/sql-files/schema.ts";
import type { Serving } from "../../../../actions/platforms/servers/activate.ts";
import { makeShop, rows } from "../../../support/database.ts";
import { makeContext, temporaryFolder } from "../../../support/context.ts";

const serving: Serving = { release: "v2", folder: "f", before: "", reverted: false, why: "", verified: true };
const failing = (): never => {
  throw new Error("outer", { cause: new Error("no such table: x") });
};

const contextOf = (release: string) => makeContext({ release, store: "store" }).context;
const v2 = contextOf("v2");

test("what was done is recorded with the revision", async () => {
  const file = makeShop();
  const work = async (given?: Serving) =>
    workOnSchema(file, v2, given ? { SERVING: given } : {}, (database) => {
      database.exec("DELETE FROM orders");
      return "emptied it";
    });
  expect(await work()).toEqual({ revision: "0000", did: "emptied it" });
  expect(await work(serving)).toEqual({ revision: "0000", did: "emptied it" });
  expect(rows(file, "SELECT * FROM orders")).toEqual([]);
});

test("an error in front of the switch is one; behind it, it is recorded", async () => {
  await expect(workOnSchema(makeShop(), v2, {}, failing)).rejects.toThrow("outer");
  expect(await workOnSchema(makeShop(), v2, { SERVING: serving }, failing)).toEqual({
    ...{ revision: "0000", did: "nothing", wrong: "no such table: x" },
  });
});

test("nothing is done for a release that does not serve any more", async () => {
  expect(await workOnSchema(makeShop(), contextOf("v3"), { SERVING: serving }, failing)).toEqual({
    revision: "0000",
    did: "nothing: v2 serves",
  });
});

test("a database that cannot be opened is an error", async () => {
  const file = temporaryFolder();
  await expect(workOnSchema(file, v2, {}, () => "x")).rejects.toThrow("unable to open database file");
});

test("a database that is gone since its backup is not made anew", async () => {
  const file = join(temporaryFolder(), "data", "shop.sqlite");
  const BACKUP = { id: "2-b-v1", schema: "0001" };
  const wrong = `${file}: the database is not there, though backup 2-b-v1 was taken of it. Is its disk mounted? When it is back: switchback up`;
  await expect(workOnSchema(file, v2, { BACKUP }, () => "x")).rejects.toThrow(new Refusal(wrong));
  expect(await workOnSchema(file, v2, { BACKUP, SERVING: serving }, () => "x")).toEqual({
    ...{ revision: "0001", did: "nothing", wrong },
  });
  expect(existsSync(dirname(file))).toBe(false);
  const none = { BACKUP: { id: "none", schema: "0000" } };
  expect(await workOnSchema(file, v2, none, () => "made it")).toEqual({ revision: "0000", did: "made it" });
});
