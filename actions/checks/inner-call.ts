import type { Call, Zod } from "../action.ts";
import type * as zod from "zod";

/** An action within a check's arguments, as `call(action, args)` makes it: what is special to a database stands there. */
export const callSchema = (z: Zod): zod.ZodType<Call, Call> =>
  z.object({ action: z.string().min(1), args: z.unknown() });
