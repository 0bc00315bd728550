import { createHash } from "node:crypto";
import { defineAction } from "../../action.ts";
import { writeAtomic } from "../../files.ts";
import { enterHost, type Host, hostSchema } from "./host.ts";
import { maintenanceFile } from "./maintenance.ts";

interface Args {
  readonly hosts: readonly Host[];
  readonly minutes: number;
  readonly message: string;
  readonly bypass: string;
}

/** Puts the maintenance page up on all hosts. It ends by itself after `minutes`, should nobody take it down. */
export const beginMaintenance = defineAction<Args>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      hosts: z.array(hostSchema(z)).min(1),
      minutes: z.number().positive(),
      message: z.string().min(1),
      /** Name of the secret that lets its bearer through. */
      bypass: z.string().min(1),
    }),
  run: ({ hosts, minutes, message, bypass }, context) => {
    const until = new Date(Date.now() + minutes * 60_000).toISOString();
    const bypassDigest = createHash("sha256").update(context.secret(bypass)).digest("hex");
    for (const host of hosts) {
      enterHost(host, context);
      writeAtomic(maintenanceFile(host), JSON.stringify({ until, message, bypassDigest }));
    }
    context.tell(`maintenance is on until ${until}`);
    return Promise.resolve({ until });
  },
});
