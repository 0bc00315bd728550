import { defineAction, Refusal } from "../../action.ts";
import { clearMaintenance } from "./maintenance.ts";
import { type After, type Switch, switchBack, switchSchema } from "./switch.ts";

/** Takes all hosts back to the release that served before, and verifies it. Killed: goes on to its end by itself. */
export const goBackOnServers = defineAction<Switch, { BEFORE: string }, Pick<After, "release" | "verified">>(
  import.meta.url,
  {
    args: switchSchema,
    survives: true,
    timeoutSeconds: 1800,
    run: async (args, context) => {
      if (context.needs.BEFORE === "") throw new Refusal("there is no earlier release to go back to");
      const { release, verified } = await switchBack(args, context.needs.BEFORE, context);
      if (verified) clearMaintenance(args.hosts, context);
      return { release, verified };
    },
  },
);
