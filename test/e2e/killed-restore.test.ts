/** Proves that going back over a restore, killed inside it and resumed, loses no order that is not counted and kept. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeRepository } from "../../examples/parcel/repository.ts";
import { freePort } from "../../testing/free-port.ts";
import { TestStack } from "../../testing/test-stack.ts";
import { repository } from "../support/engines.ts";
import { leanProgram } from "../support/lean-program.ts";

// Who has started a step is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("back from v1.2.0, killed inside the restore (needs /proc)", () => {
  let [stack, port]: [TestStack, number] = [undefined as never, 0];

  beforeAll(async () => {
    port = await freePort();
    const host = { name: "host", directory: "host", address: `http://127.0.0.1:${port}` };
    const variables = { PORT: `${port}`, HOST_ADDRESS: "127.0.0.1" };
    stack = await TestStack.open({
      project: repository,
      config: {
        "switchback:environment": { address: host.address, hosts: [{ ...host, variables }], store: "store" },
        "switchback:database": { path: "parcel.sqlite" },
        "switchback:checks": { attempts: 8, intervalSeconds: 0.2, freeMegabytes: 1 },
        "switchback:policies": {},
      },
      spare: /bin\/parcel\.ts|(supervisor|web|labels)\/main\.ts/,
    });
    writeFileSync(join(stack.folder, "index.ts"), leanProgram("./"));
    await makeRepository(join(stack.folder, ".switchback/parcel"));
    await go("up", "--release", "v1.0.0");
    await go("up", "--release", "v1.1.0");
  });
  afterAll(async () => {
    stack.forget();
    await stack.switchback("stop");
    stack.remove();
  });

  async function go(...words: string[]): Promise<string> {
    const { ok, text } = await stack.switchback(...words, "--yes");
    if (!ok) throw new Error(`${words.join(" ")}: ${text}`);
    return text;
  }

  const inDatabase = <T>(file: string, use: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(join(stack.folder, file), { timeout: 20_000 });
    try {
      return use(database);
    } finally {
      database.close();
    }
  };

  /** A write of a customer that is acknowledged, whatever columns the table has. */
  const order = (number: string): void => {
    inDatabase("parcel.sqlite", (database) => {
      const columns = database
        .prepare(
          "SELECT group_concat(name) AS all_of_them FROM pragma_table_info('orders') WHERE name NOT IN ('id', 'number')",
        )
        .get()?.all_of_them as string;
      database.exec(`INSERT INTO orders (number, ${columns}) SELECT '${number}', ${columns} FROM orders LIMIT 1`);
    });
  };

  const ordersIn = (file: string): unknown[] =>
    inDatabase(file, (database) =>
      database
        .prepare("SELECT number FROM orders WHERE number LIKE 'order %' ORDER BY id")
        .all()
        .map((row) => row.number),
    );

  /** What the newest rollout has replaced. */
  function keptBy(rollout: string): string[] {
    const backups = readdirSync(join(stack.folder, "store/backups"), { recursive: true, encoding: "utf8" });
    return backups
      .filter((file) => file.includes(`replaced-in-${rollout}`) && file.endsWith(".sqlite"))
      .map((file) => `store/backups/${file}`);
  }

  test("right behind its copy, with an order before the rollback is resumed", async () => {
    await go("up", "--release", "v1.2.0");
    order("order 1");
    const happened = stack.crash("parcel-schema-before", { inside: 3 }, "everything");
    expect((await stack.rollback("v1.1.0")).ok).toBe(false);
    expect(happened()).toBe(true);
    stack.forget();
    expect(ordersIn("parcel.sqlite")).toEqual([]);
    order("order 2");
    const text = await go("up");
    expect(text).toContain("lost: 2 rows of orders");
    const { serving, rollout } = (await stack.outputs()) as { serving: string; rollout: string };
    expect(serving).toBe("v1.1.0");
    const health = await fetch(`http://127.0.0.1:${port}/api/health`, { headers: { connection: "close" } });
    expect(await health.json()).toMatchObject({ status: "ok", schema: "0002" });
    expect(ordersIn("parcel.sqlite")).toEqual([]);
    expect(keptBy(rollout).map(ordersIn).sort()).toEqual([["order 1"], ["order 2"]]);
  });
});
