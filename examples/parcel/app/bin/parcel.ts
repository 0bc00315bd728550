/** The command of the application; its working directory is the host's folder, which holds `current`. */
import { reload } from "../supervisor/reload.ts";
import { currentStatus } from "../supervisor/status.ts";
import { stop } from "../supervisor/stop.ts";
import { messageOf } from "../host/log.ts";

const host = process.cwd();
const [command, ...rest] = process.argv.slice(2);

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`parcel: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  if (command === "reload" && rest.length === 0) return print(await reload(host));
  if (command === "status" && rest.length === 0) {
    const status = await currentStatus(host);
    print(status);
    return status.supervisor === null ? 3 : 0;
  }
  if (command !== "stop" || rest.length > 0) throw new Error("usage: node current/bin/parcel.ts reload|status|stop");
  await stop(host);
  return 0;
}

function print(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`);
  return 0;
}
