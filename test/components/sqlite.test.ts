/** An SQLite database as a component of a pipeline. */
import { expect, test } from "vitest";
import { sqlite } from "../../components/sqlite.ts";
import { call } from "../../components/call.ts";
import { endMaintenance } from "../../actions/platforms/servers/end-maintenance.ts";

const database = sqlite("data/shop.sqlite");
const hosts = [{ name: "web-1", directory: "d", address: "http://127.0.0.1:1" }];
const maintenance = call(endMaintenance, { hosts });

test("it is named, backed up and proven", () => {
  expect(database.name).toBe("SQLite data/shop.sqlite");
  expect(database.backup("v1")).toMatchObject({
    ...{ action: "actions/databases/sqlite/backup", args: { database: "data/shop.sqlite", serving: "v1" } },
  });
  expect(database.prove).toMatchObject({ action: "actions/databases/sqlite/prove", args: {} });
});

test("only a backup that somebody named is restored whatever is lost", () => {
  const common = { database: "data/shop.sqlite", maintenance: { action: maintenance.action, args: { hosts } } };
  expect(database.restore(maintenance).args).toEqual({ ...common, backup: undefined, onlyWithoutLoss: true });
  expect(database.restore(maintenance, "2-b-v1").args).toEqual({ ...common, backup: "2-b-v1", onlyWithoutLoss: false });
});
