/** Work on a schema: an error in front of the switch, a record of what is true behind it. */
import { join } from "node:path";
import { expect, test } from "vitest";
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
    workOnSchema(file, v2, given, (database) => {
      database.exec("DELETE FROM orders");
      return "emptied it";
    });
  expect(await work()).toEqual({ revision: "0000", did: "emptied it" });
  expect(await work(serving)).toEqual({ revision: "0000", did: "emptied it" });
  expect(rows(file, "SELECT * FROM orders")).toEqual([]);
});

test("an error in front of the switch is one; behind it, it is recorded", async () => {
  await expect(workOnSchema(makeShop(), v2, undefined, failing)).rejects.toThrow("outer");
  expect(await workOnSchema(makeShop(), v2, serving, failing)).toEqual({
    ...{ revision: "0000", did: "nothing", wrong: "no such table: x" },
  });
});

test("nothing is done for a release that does not serve any more", async () => {
  expect(await workOnSchema(makeShop(), contextOf("v3"), serving, failing)).toEqual({
    revision: "0000",
    did: "nothing: v2 serves",
  });
});

test("a database that cannot be opened is an error", async () => {
  const file = join(temporaryFolder(), "none", "file");
  await expect(workOnSchema(file, v2, undefined, () => "x")).rejects.toThrow("unable to open database file");
});
