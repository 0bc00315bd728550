/** Runs the sample application alone, without a deployment: `node examples/parcel/try.ts [TAG] [PORT]`. Called again with
 * another tag, it replaces the running release. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { history } from "./history.ts";
import { HostByHand } from "./host.ts";
import { makeRepository } from "./repository.ts";

const [tag = "v1.0.0", port = "4180"] = process.argv.slice(2);
if (!history.some((release) => release.tag === tag)) {
  process.stderr.write(`no release ${tag}; there are ${history.map((release) => release.tag).join(", ")}\n`);
  process.exit(1);
}

const folder = join(import.meta.dirname, "..", "..", ".switchback", "parcel-alone");
const directory = join(folder, "host");
mkdirSync(directory, { recursive: true });
await makeRepository(join(folder, "repository"));
const host = new HostByHand(directory, join(folder, "repository"), { PORT: port, SESSION_SECRET: randomUUID() });
await host.prepare(tag);
host.migrate(tag);
host.point(tag);
const { exitCode, stderr } = await execa(process.execPath, ["current/bin/parcel.ts", "reload"], {
  cwd: directory,
  reject: false,
});
process.exitCode = exitCode ?? 1;
process.stdout.write(exitCode === 0 ? `${tag} serves http://127.0.0.1:${port}\n` : `${stderr}\n`);
process.stdout.write(`To stop it: cd ${directory} && node current/bin/parcel.ts stop\n`);
