/** Numbered SQL files as a migration tool. */
import { expect, test } from "vitest";
import { sqlFiles } from "../../components/sql-files.ts";
import { config, migration } from "../support/pipeline.ts";

test("migrations go up from the files of the first host, and down from what the database kept", () => {
  const tool = sqlFiles(config);
  const apply = [migration("0002", "expand", "reversible")];
  expect(tool.up(apply)).toMatchObject({
    action: "actions/migrations/sql-files/up",
    args: {
      ...{ database: "shop.sqlite", migrations: "migrations", apply },
      host: { name: "web-1", directory: "hosts/web-1", address: "http://127.0.0.1:4180" },
    },
  });
  expect(tool.down(["0003", "0002"])).toMatchObject({
    ...{ action: "actions/migrations/sql-files/down", args: { database: "shop.sqlite", revisions: ["0003", "0002"] } },
  });
});

test("an environment without a host is refused", () => {
  expect(() => sqlFiles({ ...config, environment: { ...config.environment, hosts: [] } })).toThrow(
    new TypeError("environment.hosts: at least one is needed"),
  );
});
