import { type Call, type Context, defineAction, Refusal } from "../../action.ts";
import { reason } from "../../check.ts";
import type { ProvenBackup } from "../../databases/sqlite/prove.ts";
import { open, shapeOf } from "../../databases/sqlite/database.ts";
import type { Prepared } from "../../platforms/servers/prepare.ts";
import { decideGate } from "../../../release/gate.ts";
import { askAgain, type Patience, patienceSchema, type Question, questionsSchema } from "../../rollout/verdicts.ts";
import type { Schema } from "./schema.ts";

interface Args {
  readonly database: string;
  readonly beginMaintenance: Call;
  readonly endMaintenance: Call;
  readonly down: Call;
  readonly up: Call;
  readonly between: Readonly<Record<string, Question>>;
  readonly patience: Patience;
}

interface Needs {
  readonly PREPARED: Prepared;
  readonly BACKUP: ProvenBackup;
}

/** A round trip that came back to where it began. */
export interface Rehearsed {
  readonly down: string;
  readonly up: string;
}

/**
 * Takes the release's migrations back and applies them again, under maintenance, on the environment's own database; looks
 * in between, and compares the schema at the end with that at the beginning. Errors: any of it is not as it should be; the
 * schema is up again unless the message says otherwise, and then the maintenance page stays.
 * Killed: goes on to its end by itself; a power cut leaves the page, which ends by itself, and the next run begins by
 * applying what is missing.
 */
export const rehearse = defineAction<Args, Needs, Rehearsed>(import.meta.url, {
  args: (z) => {
    const call = z.strictObject({ action: z.string(), args: z.unknown() });
    return z.strictObject({
      database: z.string().min(1),
      ...{ beginMaintenance: call, endMaintenance: call, down: call, up: call },
      between: z.union([z.strictObject({}), questionsSchema(z)]),
      patience: patienceSchema(z),
    });
  },
  survives: true,
  timeoutSeconds: 1800,
  tuning: ["patience"],
  run: async (args, context) => {
    const { BACKUP, PREPARED } = context.needs;
    const work = async (call: Call): Promise<string> =>
      ((await context.call(call, { BACKUP, PREPARED })) as Schema).did;
    await work(args.up);
    const before = await shapeAt(args.database);
    await context.call(args.beginMaintenance);
    const down = await attempt(() => work(args.down));
    const lower = await shapeAt(args.database);
    // Whatever goes wrong in between, the schema comes up again.
    const between = "wrong" in down ? "" : await lookBetween(args, context).catch(reason);
    const up = await attempt(() => work(args.up));
    if ("wrong" in up) {
      throw new Refusal(
        `the rehearsal took migrations back and cannot apply them again: ${up.wrong}\nThe schema lacks what ${context.release} needs, and the maintenance page stays up. Go back: switchback rollback`,
      );
    }
    await context.call(args.endMaintenance);
    if ("wrong" in down) throw new Refusal(`the way down does not work: ${down.wrong}`);
    if (lower === before) throw new Refusal(`the way down changes nothing: after it the schema is as before`);
    if (between !== "") throw new Refusal(`without the migrations it is not as it should be\n${between}`);
    if ((await shapeAt(args.database)) !== before)
      throw new Refusal(`down and up again do not lead back to the same schema: compare both scripts`);
    context.tell(`${down.did}, then ${up.did}: the schema is as before`);
    return { down: down.did, up: up.did };
  },
});

async function attempt(act: () => Promise<string>): Promise<{ did: string } | { wrong: string }> {
  try {
    return { did: await act() };
  } catch (error) {
    return { wrong: reason(error) };
  }
}

/** The table of what is not well between down and up; empty when all is. */
async function lookBetween({ between, patience }: Args, context: Context): Promise<string> {
  const { decision, table } = decideGate(await askAgain(between, patience, context));
  context.log(table);
  return decision === "go" ? "" : table;
}

async function shapeAt(path: string): Promise<string> {
  const database = await open(path, { readOnly: true });
  try {
    return shapeOf(database);
  } finally {
    database.close();
  }
}
