/** Proves the main job on every engine: releases forward, bad ones taken back, and back again, with customers on line. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customersAt } from "../support/customers.ts";
import { engines } from "../support/engines.ts";
import { Project } from "../support/project.ts";

/** An order that a customer makes while a release serves. */
const write = (project: Project, recipient: string): unknown =>
  project.sql(
    "INSERT INTO orders (number, recipient, street, postal_code, city, country, weight_grams, created_by, created_at) " +
      `SELECT '${recipient}', '${recipient}', street, postal_code, city, country, weight_grams, created_by, created_at FROM orders LIMIT 1`,
  );

const everyStep = [
  ...[
    "rollout-open",
    "preflight-tag",
    "preflight-space",
    "preflight-gate",
    "build",
    "prepare",
    "backup-take",
    "backup-prove",
  ],
  ...["schema-before", "activation", "schema-after", "smoke-health", "smoke-version", "smoke-page", "smoke-login"],
  ...["smoke-decision", "smoke-gate", "sign-off"],
].sort();

describe.each(engines)("on the $name engine", (engine) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(engine);
  });
  afterAll(async () => {
    await project.remove();
  });

  /** What is true: by the state, by the application, by its schema. */
  const truth = async () => {
    const { serving, record } = await project.outputs();
    return { serving, ended: record.ended, answers: (await project.version()).release, schema: await project.schema() };
  };

  test("the first release serves, with nothing to go back to", async () => {
    const run = await project.up("v1.0.0");
    expect(run.text).toContain("v1.0.0 serves: ");
    expect(run.exitCode).toBe(0);
    expect([...run.ran].sort()).toEqual(everyStep);
    expect(await truth()).toEqual({ serving: "v1.0.0", ended: "good", answers: "v1.0.0", schema: "0001" });
    expect((await project.outputs()).wayBack.command).toBe("");
  });

  test("the next release replaces it and no request fails", async () => {
    const leave = await customersAt(project.address);
    const run = await project.up("v1.1.0");
    const results = await leave();
    expect(run.exitCode).toBe(0);
    expect(results.map((result) => result.failures)).toEqual([[], []]);
    for (const { releases } of results) {
      expect(
        Object.keys(releases)
          .filter((name) => name !== "unknown")
          .sort(),
      ).toEqual(["v1.0.0", "v1.1.0"]);
    }
    expect(await truth()).toEqual({ serving: "v1.1.0", ended: "good", answers: "v1.1.0", schema: "0002" });
    expect((await project.outputs()).wayBack).toEqual({
      how: "code of v1.0.0, then migration 0002 down",
      command: "switchback rollback v1.0.0",
    });
  });

  test("the same release once more runs nothing, and its preview shows no change", async () => {
    const preview = await project.preview("--expect-no-changes");
    expect({ exitCode: preview.exitCode, ran: preview.ran }).toEqual({ exitCode: 0, ran: [] });
    const run = await project.up();
    expect({ exitCode: run.exitCode, ran: run.ran }).toEqual({ exitCode: 0, ran: [] });
  });

  test("a release that falls over after its start is taken back, and the same again is another rollout", async () => {
    const before = (await project.outputs()).rollout;
    const leave = await customersAt(project.address);
    const run = await project.up("v1.3.0-broken");
    const results = await leave();
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toContain("v1.3.0-broken was taken back: v1.1.0 serves.");
    expect(run.text).toContain("/api/health answered 500");
    expect(run.text).toMatch(/log: error: GET \/api\/health failed: .*\(\d+ times\)/);
    expect(results.map((result) => result.failures)).toEqual([[], []]);
    expect(await truth()).toEqual({ serving: "v1.1.0", ended: "bad", answers: "v1.1.0", schema: "0002" });
    const { rollout } = await project.outputs();
    const again = await project.up();
    expect(again.exitCode).not.toBe(0);
    const last = (await project.outputs()).rollout;
    expect(new Set([before, rollout, last]).size).toBe(3);
  });

  test("a release whose login is broken is found by the smoke checks: schema and code go back together", async () => {
    const leave = await customersAt(project.address);
    const run = await project.up("v1.4.0-broken");
    const results = await leave();
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toContain("v1.4.0-broken was taken back: v1.1.0 serves.");
    expect(run.text).toContain("login of smoke@parcel.test at /login answered 401");
    expect(results.map((result) => result.failures)).toEqual([[], []]);
    expect(await truth()).toEqual({ serving: "v1.1.0", ended: "bad", answers: "v1.1.0", schema: "0002" });
  });

  test("an older release is refused unless one goes back on purpose; rows written since survive", async () => {
    const refused = await project.up("v1.0.0");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toContain(
      "v1.0.0 is older than v1.1.0, which serves. To go back on purpose: switchback rollback v1.0.0, or pulumi config set switchback:rollbackFrom v1.1.0",
    );
    expect(refused.ran).toEqual([]);
    write(project, "After v1.1.0");
    await project.config("set", "switchback:rollbackFrom", "v1.1.0");
    const leave = await customersAt(project.address);
    const run = await project.up();
    const results = await leave();
    expect(run.exitCode).toBe(0);
    expect(run.ran.indexOf("activation")).toBeLessThan(run.ran.indexOf("schema-after"));
    expect(run.text).toContain("took back 0002");
    expect(results.map((result) => result.failures)).toEqual([[], []]);
    expect(await truth()).toEqual({ serving: "v1.0.0", ended: "good", answers: "v1.0.0", schema: "0001" });
    expect(project.sql("SELECT count(*) AS n FROM orders WHERE recipient = 'After v1.1.0'")).toEqual([{ n: 1 }]);
  });

  test("a release that was left needs `again`, naming the last rollout", async () => {
    await project.config("rm", "switchback:rollbackFrom");
    const { rollout } = await project.outputs();
    const refused = await project.up("v1.1.0");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toContain(`v1.1.0 was left by rollback ${rollout}.`);
    await project.config("set", "switchback:again", rollout);
    expect((await project.up()).exitCode).toBe(0);
    expect(await truth()).toEqual({ serving: "v1.1.0", ended: "good", answers: "v1.1.0", schema: "0002" });
    expect((await project.up()).ran).toEqual([]);
  });

  test("a release whose way back is a restore goes back to the proven backup, once that was agreed to", async () => {
    expect((await project.up("v1.2.0")).exitCode).toBe(0);
    expect(await truth()).toEqual({ serving: "v1.2.0", ended: "good", answers: "v1.2.0", schema: "0003" });
    write(project, "After v1.2.0");
    await project.config("set", "switchback:rollbackFrom", "v1.2.0");
    const refused = await project.up("v1.1.0");
    const backup = /pulumi config set switchback:restore (\S+)/.exec(refused.text)?.[1] ?? "";
    expect(refused.exitCode).not.toBe(0);
    expect(backup).toMatch(/^\d+-[0-9a-f]{6}-v1\.1\.0$/);
    await project.config("set", "switchback:restore", backup);
    const run = await project.up();
    expect(run.exitCode).toBe(0);
    expect(run.text).toContain("lost: 1 row of orders");
    expect(await truth()).toEqual({ serving: "v1.1.0", ended: "good", answers: "v1.1.0", schema: "0002" });
    expect(project.sql("SELECT count(*) AS n FROM orders WHERE recipient = 'After v1.2.0'")).toEqual([{ n: 0 }]);
    expect(project.sql("SELECT count(*) AS n FROM orders WHERE recipient = 'After v1.1.0'")).toEqual([{ n: 1 }]);
  });
});
