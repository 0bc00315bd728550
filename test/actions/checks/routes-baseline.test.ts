/** The baseline of routes, written from what an application lists. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { listedRoutes, writeRoutesBaseline } from "../../../actions/checks/routes-baseline.ts";
import { targetSchema } from "../../../actions/checks/target.ts";
import { makeContext, temporaryFolder } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const argv = ["node", "routes.mjs"];
const targetOf = (text: string) =>
  z.strictObject(targetSchema(z)).parse({ directory: makeTarget({ "routes.mjs": text }) });

test("what the application lists becomes the baseline", async () => {
  const target = targetOf(
    `console.error("a notice"); console.log('[{"method":"GET","uri":"b"},{"method":"GET","uri":"a"}]')`,
  );
  const baseline = join(temporaryFolder(), "routes.json");
  const { context } = makeContext();
  expect(await writeRoutesBaseline({ ...target, argv, baseline }, context)).toBe(2);
  expect(readFileSync(baseline, "utf8")).toBe('[\n  {"method":"GET","uri":"a"},\n  {"method":"GET","uri":"b"}\n]\n');
});

test("no list, an empty one, and a command that fails write nothing", async () => {
  const baseline = join(temporaryFolder(), "routes.json");
  const { context } = makeContext();
  const write = (text: string) => writeRoutesBaseline({ ...targetOf(text), argv, baseline }, context);
  await expect(write("console.log('[]')")).rejects.toThrow(
    "node routes.mjs: lists no route: a baseline of none would prove nothing",
  );
  await expect(write("console.log('{}')")).rejects.toThrow("node routes.mjs: printed no list of routes: {}");
  await expect(listedRoutes(argv, targetOf("process.exit(3)"), context)).rejects.toThrow(
    "node routes.mjs: exit code 3: it printed nothing",
  );
  expect(existsSync(baseline)).toBe(false);
});
