/** What a release says of its migrations, and everything that can be wrong with it. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { digestOf, gravest, readMigrations } from "../../release/migrations.ts";

const expand = (wayBack: string): string => `-- change: expand\n-- way back: ${wayBack}\nALTER TABLE a ADD COLUMN b;\n`;
const read = (files: Record<string, string>) => readMigrations(new Map(Object.entries(files)));

test("migrations come in the order of their numbers, with how they go back and a digest over both ways", () => {
  const up = expand("reversible");
  const down = "ALTER TABLE a DROP COLUMN b;\n";
  const files = {
    "db/0010_last.up.sql": "-- change: contract\n-- way back: restore\nDROP TABLE x;",
    "db/0002_add_b.down.sql": down,
    "db/0002_add_b.up.sql": up,
  };
  expect(read(files)).toEqual({
    wrong: [],
    migrations: [
      {
        ...{ revision: "0002", name: "add_b", change: "expand", wayBack: "reversible" },
        digest: createHash("sha256").update(`${up}\0${down}`).digest("hex").slice(0, 16),
      },
      {
        ...{ revision: "0010", name: "last", change: "contract", wayBack: "restore" },
        digest: digestOf("-- change: contract\n-- way back: restore\nDROP TABLE x;", ""),
      },
    ],
  });
});

test("no files are no migrations", () => {
  expect(read({})).toEqual({ migrations: [], wrong: [] });
});

test("a change of either way is another digest", () => {
  const digests = [digestOf("a", ""), digestOf("a", "b"), digestOf("b", "a"), digestOf("ab", "")];
  expect(new Set(digests).size).toBe(4);
});

test("all mistakes are found at once", () => {
  expect(
    read({
      "db/2_short.up.sql": expand("compatible"),
      "db/README.md": "words",
      "db/0001_init.up.sql": "CREATE TABLE a (b)",
      "db/0002_half.up.sql": "-- change: shrink\n-- way back: compatible\n",
      "db/0003_no_down.up.sql": expand("reversible"),
      "db/0004_one.up.sql": expand("compatible"),
      "db/0004_other.up.sql": expand("none"),
      "db/0005_gone.up.sql": "-- change: contract\n-- way back: compatible\nDROP TABLE a",
    }).wrong,
  ).toEqual([
    "db/0001_init.up.sql: does not say `-- change: expand` or `-- change: contract`",
    "db/0001_init.up.sql: does not say `-- way back: compatible|reversible|restore|none`",
    "db/0002_half.up.sql: does not say `-- change: expand` or `-- change: contract`",
    "db/0003_no_down.up.sql: is reversible, but has no 0003_no_down.down.sql",
    "db/0004_other.up.sql: there are two migrations 0004",
    "db/0005_gone.up.sql: old code does not run on what a contract leaves, so its way back is not compatible",
    "db/2_short.up.sql: is not named like 0002_what_it_does.up.sql",
    "db/README.md: is not named like 0002_what_it_does.up.sql",
  ]);
});

test("the gravest of several ways back counts", () => {
  expect(gravest([])).toBe("compatible");
  expect(gravest(["compatible", "restore", "reversible"])).toBe("restore");
  expect(gravest(["none", "restore"])).toBe("none");
});
