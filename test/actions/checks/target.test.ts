/** Where a check's programs run, and what they are given. */
import { expect, test } from "vitest";
import * as z from "zod";
import { argvSchema, placeOf, runOnTarget, secretsOf, targetSchema } from "../../../actions/checks/target.ts";
import { makeContext } from "../../support/context.ts";
import { makeTarget, script } from "../../support/target.ts";

test("a program runs in current, or where it is said, with its variables and secrets", async () => {
  const directory = makeTarget();
  const { context } = makeContext({ secrets: { TOKEN: "hush-hush" } });
  const given = { directory, environment: { PLAIN: "shown" }, secrets: { KEY: "TOKEN" } };
  const target = z.strictObject(targetSchema(z)).parse(given);
  expect([target.folder, target.timeoutSeconds]).toEqual(["current", 300]);
  const say = script("console.log(process.cwd(), process.env.PLAIN, process.env.KEY, process.env.KEY.length)");
  const inCurrent = await runOnTarget(say, target, context);
  expect(inCurrent.stdout).toBe(`${directory}/current shown [secret] 9\n`);
  expect(secretsOf(target, context)).toEqual({ KEY: "hush-hush" });
  expect(placeOf({ directory, folder: "." })).toBe(directory);
});

test("a command needs a program, and variables need names", () => {
  expect(argvSchema(z).safeParse([]).success).toBe(false);
  expect(argvSchema(z).safeParse([""]).success).toBe(false);
  expect(argvSchema(z).safeParse(["php", ""]).success).toBe(true);
  const { success } = z.strictObject(targetSchema(z)).safeParse({ directory: "x", environment: { "A=B": "c" } });
  expect(success).toBe(false);
});
