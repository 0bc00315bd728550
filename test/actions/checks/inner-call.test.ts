/** An action within a check's arguments. */
import { expect, test } from "vitest";
import * as z from "zod";
import { callSchema } from "../../../actions/checks/inner-call.ts";
import { inspectSqlite } from "../../../actions/databases/sqlite/inspect.ts";
import { call } from "../../../components/call.ts";

test("only the name and the arguments of an action are kept", () => {
  expect(callSchema(z).parse(call(inspectSqlite, { path: "shop.db" }))).toEqual({
    action: "actions/databases/sqlite/inspect",
    args: { path: "shop.db" },
  });
  expect(callSchema(z).safeParse({ args: {} }).success).toBe(false);
});
