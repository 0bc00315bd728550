import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { defineCheck, fail, pass, reason, unknown, warn } from "../check.ts";
import { exchange, exchangeSchema, filled, mentions } from "./exchange.ts";
import { targetSchema } from "./target.ts";

/** A look gets at least this long, in seconds. */
const shortestLook = 5;

const lost = (error: unknown) => ({ isThere: false, text: "", isLost: true, words: reason(error) });

/**
 * Puts a job in, by a command of the application or a request, and waits for its effect; `{id}` stands for a random name
 * of the job. Passes when the effect shows `expect` in time, and `release` where workers name theirs; warns above
 * `targetSeconds`; fails without the effect within `withinSeconds`.
 */
export const queue = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        ...targetSchema(z),
        put: exchangeSchema(z).describe("puts in a job that bears {id}: a command as words, or a request"),
        effect: exchangeSchema(z).describe("shows what the job has done; asked until it does"),
        expect: z.string().min(1).default("{id}").describe("text of the effect; {id} stands for the job's name"),
        release: z
          .string()
          .min(1)
          .optional()
          .describe("text in the effect by which workers name their release, such as its commit"),
        withinSeconds: z.number().positive().max(1200).default(30).describe("limit for the effect, in seconds"),
        targetSeconds: z.number().positive().optional().describe("a later effect is a warning, in seconds"),
        intervalSeconds: z.number().min(0.05).max(60).default(0.5).describe("between two looks, in seconds"),
      })
      .refine(({ put }) => mentions(put, "id"), {
        path: ["put"],
        message: "puts in what every job could be: {id} must stand in it",
      })
      .refine(({ effect, expect }) => mentions(effect, "id") || expect.includes("{id}"), {
        path: ["expect"],
        message: "any job's effect would do: {id} must stand in it, or in what is asked for the effect",
      })
      .refine(({ targetSeconds, withinSeconds }) => targetSeconds === undefined || targetSeconds < withinSeconds, {
        path: ["targetSeconds"],
        message: "is not below the limit, so it would never warn",
      }),
  async ({ put, effect, expect, release, withinSeconds, targetSeconds, intervalSeconds, ...target }, context) => {
    const id = `switchback-${randomBytes(8).toString("hex")}`;
    const wanted = filled(expect, { id });
    const look = async (seconds = withinSeconds) => {
      // A look that hangs must not take much longer than what is waited for.
      const timeoutSeconds = Math.min(target.timeoutSeconds, Math.max(Math.ceil(seconds), shortestLook));
      const reply = await exchange(effect, { id }, { ...target, timeoutSeconds }, context);
      return { ...reply, isThere: reply.isOk && reply.text.includes(wanted) };
    };
    if ((await look()).isThere) return fail("the effect shows before the job was put in: it proves nothing");
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    const sent = await exchange(put, { id }, target, context);
    if (!sent.isOk) return fail(`the job could not be put in: ${sent.words}`);
    for (;;) {
      const last = await look(withinSeconds - seconds()).catch(lost);
      const took = seconds();
      if (last.isThere && took <= withinSeconds) {
        if (release !== undefined && !last.text.includes(release))
          return fail(`the job was done, but not by workers of ${release}`);
        const seen = `the job was done after ${took.toFixed(1)} s`;
        return targetSeconds !== undefined && took > targetSeconds
          ? warn(`${seen}, want ${targetSeconds}`)
          : pass(seen);
      }
      if (took + intervalSeconds > withinSeconds) {
        const words = `no effect of the job within ${withinSeconds} s: ${last.words}`;
        return "isLost" in last ? unknown(words) : fail(words);
      }
      await pause(intervalSeconds * 1000, undefined, { signal: context.signal });
    }
  },
  { timeoutSeconds: 1800 },
);
