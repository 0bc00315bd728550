/** Planning from what is really there: the stack's outputs, a repository, the store and the database. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { applyUp } from "../../actions/migrations/sql-files/apply.ts";
import { writeAttempt } from "../../actions/rollout/attempt.ts";
import { type Config, configSchema, configurationDigest } from "../../components/config.ts";
import { planRelease } from "../../components/planning.ts";
import { digestOf } from "../../release/migrations.ts";
import { packRecord, type RolloutRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { temporaryFolder } from "../support/context.ts";
import { register } from "../support/mocks.ts";
import { plan } from "../support/pipeline.ts";
import { TestRepository } from "../support/repository.ts";

const up = (text: string): string => `-- change: expand\n-- way back: reversible\n${text}`;
const down = "DROP TABLE tags;";
const tags = up("CREATE TABLE tags (name);");

/** A repository with v1 and v2, which brings a table, and an environment for them. */
function makeConfig(release: string, differing: Partial<Config> = {}): Config {
  const repository = new TestRepository();
  repository.commit("First", { "app.txt": "1" });
  repository.tag("v1");
  repository.commit("Add tags", { "migrations/0001_tags.up.sql": tags, "migrations/0001_tags.down.sql": down });
  repository.tag("v2");
  const folder = temporaryFolder();
  const hosts = [{ name: "web-1", directory: join(folder, "web-1") }];
  const environment = { address: "http://127.0.0.1:1", hosts, store: join(folder, "store") };
  const source = { repository: repository.path };
  const database = { path: join(folder, "shop.sqlite") };
  return { ...configSchema.parse({ release, environment, source, database }), ...differing };
}

/** Plans with these last outputs of the stack; a refusal comes back in words. */
async function planned(config: Config, record?: Partial<RolloutRecord>) {
  let result: Awaited<ReturnType<typeof planRelease>> | string = "never planned";
  await register(
    {},
    async () => {
      result = await planRelease(config).catch((error: unknown) =>
        pulumi.RunError.isInstance(error) ? error.message : `not for people: ${String(error)}`,
      );
    },
    record === undefined ? {} : { record: packRecord(record as RolloutRecord) },
  );
  return result as Awaited<ReturnType<typeof planRelease>> | string;
}
const recordOf = (config: Config, serving: string): RolloutRecord => ({
  ...{ rollout: "1-a", after: "none", asked: serving, configuration: configurationDigest(config), serving },
  ...{ ended: "good", left: {}, plan: { ...plan, release: serving } },
});

test("without outputs it is a first release", async () => {
  const config = makeConfig("v2");
  const result = await planned(config);
  expect(result).toMatchObject({
    plan: { release: "v2", from: "none", direction: "first", before: { migrations: [{ revision: "0001" }] } },
    ...{ after: "none", isNew: true, configuration: configurationDigest(config) },
  });
});

test("what serves, as the outputs say, is what is gone forward from", async () => {
  const config = makeConfig("v2");
  const result = await planned(config, recordOf(config, "v1"));
  expect(result).toMatchObject({ plan: { from: "v1", direction: "forward", undo: { after: ["0001"] } }, isNew: true });
});

test("an older release without a word is refused", async () => {
  const config = makeConfig("v1");
  expect(await planned(config, recordOf(config, "v2"))).toBe(
    "v1 is older than v2, which serves. To go back on purpose: switchback rollback v1, or pulumi config set switchback:rollbackFrom v2",
  );
});

/** A rollout of v2 that was cut off when its migration was applied. */
function cutOff(config: Config): void {
  mkdirSync(dirname(config.database.path), { recursive: true });
  const database = new DatabaseSync(config.database.path);
  const script = { revision: "0001", name: "tags", change: "expand", wayBack: "reversible", up: tags, down } as const;
  applyUp(database, [{ ...script, digest: digestOf(tags, down) }], () => undefined);
  database.close();
  writeAttempt(config.environment.store, { id: "2-b", release: "v2" });
}

test("what a rollout that was cut off has left is taken back by what still serves, and finished by itself", async () => {
  const config = makeConfig("v1");
  cutOff(config);
  expect(await planned(config, recordOf(config, "v1"))).toMatchObject({
    plan: { direction: "again", after: { kind: "down", revisions: ["0001"] } },
  });
  expect(await planned({ ...config, release: "v2" }, recordOf(config, "v1"))).toMatchObject({
    plan: { direction: "forward", before: { kind: "up", migrations: [{ revision: "0001" }] } },
  });
});

test("a store that cannot be read is told in one sentence", async () => {
  const config = makeConfig("v1");
  writeFileSync(config.environment.store, "a file in the way");
  expect(await planned(config)).toBe(
    `the store ${config.environment.store} cannot be used: ENOTDIR: not a directory, open '${inStore.attempt(config.environment.store)}'. Mend it, or name another one in switchback:environment.store`,
  );
});

test("what is wrong with the source is told as it is", async () => {
  const config = makeConfig("v9");
  expect(await planned(config)).toMatch(/^switchback:release: "v9" is no tag of .*\. Its newest tags: v\d, v\d$/);
});

test("a store that is not the last rollout's is refused, unless that one is left on purpose", async () => {
  const config = makeConfig("v2");
  const record = { ...recordOf(config, "v1"), store: "5709e1d0" };
  expect(await planned(config, record)).toBe(
    `the store ${config.environment.store} is empty, but this environment has been released to before: is it mounted? Nothing was changed. ` +
      "To go on without its backups, artifacts and ledger, on purpose: switchback:leaveStore: 5709e1d0 in the stack's file",
  );
  expect(await planned({ ...config, leaveStore: "5709e1d0" }, record)).toMatchObject({ plan: { release: "v2" } });
});
