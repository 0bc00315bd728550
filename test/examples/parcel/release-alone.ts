/** One release without a supervisor, on a host and a database of its own: quick to start, and nobody else's business. */
import { fork } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostByHand } from "../../../examples/parcel/host.ts";
import { smokePassword } from "../../support/parcel-host.ts";
import type { ChildProcess } from "node:child_process";

export const paymentSecret = "shared with the provider";

export interface ReleaseAlone {
  readonly url: string;
  readonly host: HostByHand;
  readonly logText: () => string;
  readonly end: () => Promise<void>;
}

export async function startAlone(folder: string, repository: string, tag: string): Promise<ReleaseAlone> {
  const directory = join(folder, tag);
  mkdirSync(directory);
  const host = new HostByHand(directory, repository, {
    PORT: 1,
    SESSION_SECRET: "a secret of the tests only",
    SMOKE_PASSWORD: smokePassword,
    PAYMENT_SECRET: paymentSecret,
    ALLOWED_HOSTS: "127.0.0.1",
  });
  await host.prepare(tag);
  host.migrate(tag);
  host.point(tag);
  const start = (main: string) =>
    fork(join(host.folder(tag), main), {
      cwd: directory,
      silent: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
  const [web, labels] = [start("web/main.ts"), start("labels/main.ts")];
  labels.send("serve");
  // A web worker answers on a port of its own before it joins the public one.
  const { port } = await ready(web);
  return {
    url: `http://127.0.0.1:${port}`,
    host,
    logText: () => readFileSync(join(directory, "log", "parcel.log"), "utf8"),
    end: async () => {
      await Promise.all([web, labels].map(killed));
    },
  };
}

function ready(child: ChildProcess): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
    child.once("message", resolve);
    child.once("exit", () => {
      reject(new Error(`it does not start: ${said}`));
    });
  });
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => {
      resolve();
    });
    child.kill("SIGKILL");
  });
}
