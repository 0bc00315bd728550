import { defineAction } from "../../action.ts";
import { type Host, hostSchema } from "./host.ts";
import { clearMaintenance } from "./maintenance.ts";

interface Args {
  readonly hosts: readonly Host[];
}

/** Takes the maintenance page down on all hosts. */
export const endMaintenance = defineAction<Args>(import.meta.url, {
  args: (z) => z.strictObject({ hosts: z.array(hostSchema(z)).min(1) }),
  run: ({ hosts }, context) => {
    clearMaintenance(hosts, context);
    return Promise.resolve({});
  },
});
