/** Whether others have committed to a database, asked also while it is locked. */
import { DatabaseSync } from "node:sqlite";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { copyTo } from "../../../../actions/databases/sqlite/backup.ts";
import { Overtaken, watchCommits } from "../../../../actions/databases/sqlite/commits.ts";
import { temporaryFolder } from "../../../support/context.ts";
import { makeShop, names, sql } from "../../../support/database.ts";

const dee = "INSERT INTO customers VALUES (3, 'Dee')";

async function watched(mode: string) {
  const database = makeShop();
  // Somebody has it open all the time, as an application does.
  const application = new DatabaseSync(database);
  application.exec(`PRAGMA journal_mode = ${mode}; UPDATE customers SET name = 'Ann' WHERE id = 1`);
  const watch = await watchCommits(database);
  onTestFinished(() => {
    watch.end();
    application.close();
  });
  return { database, application, watch };
}

test.each(["WAL", "DELETE", "TRUNCATE", "PERSIST"])(
  "what is committed is seen, and nothing else (journal: %s)",
  async (mode) => {
    const { application, watch } = await watched(mode);
    watch.expectNone();
    application.exec(`BEGIN; ${dee}; ROLLBACK; SELECT * FROM orders`);
    watch.expectNone();
    application.exec(`BEGIN; ${dee}`);
    watch.expectNone();
    application.exec("COMMIT");
    expect(watch.expectNone).toThrow(Overtaken);
  },
);

test.each(["WAL", "DELETE"])(
  "what slips in before a copy locks its target is seen then, and stays (journal: %s)",
  async (mode) => {
    const { database, watch } = await watched(mode);
    const slipsIn = (): void => {
      watch.expectNone();
      sql(database, dee);
    };
    const copying = copyTo(makeShop(), database, { fence: slipsIn, locked: watch.expectNone });
    await expect(copying).rejects.toThrow(Overtaken);
    expect(names(database)).toEqual(["Ann", "Bo", "Dee"]);
  },
);

test.each(["WAL", "DELETE"])(
  "nobody can write from when a locked copy is asked until it is done (journal: %s)",
  async (mode) => {
    const { database, application, watch } = await watched(mode);
    application.exec("PRAGMA busy_timeout = 0");
    let asked = 0;
    const locked = (): void => {
      asked++;
      watch.expectNone();
      expect(() => {
        application.exec(dee);
      }).toThrow("database is locked");
    };
    await copyTo(makeShop(), database, { locked });
    expect([asked, names(database)]).toEqual([1, ["Ann", "Bo"]]);
    expect(watch.expectNone).toThrow(Overtaken);
  },
);

test("what is no database is not watched", async () => {
  const words = join(temporaryFolder(), "words");
  writeFileSync(words, "only words, and enough of them to be looked at".repeat(100));
  await expect(watchCommits(words)).rejects.toThrow("file is not a database");
});
