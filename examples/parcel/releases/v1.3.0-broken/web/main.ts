/** One web worker. It first answers the supervisor alone, on a port of its own; told to serve, it joins the public port. */
import { createServer } from "node:http";
import { dirname } from "node:path";
import { makeSignIn } from "../accounts/accounts.ts";
import { openDatabase } from "../database/connection.ts";
import { loadConfiguration } from "../host/configuration.ts";
import { logCrashes, messageOf, openLog, stackOf } from "../host/log.ts";
import { keepRatesFresh } from "../orders/rates.ts";
import { loadAssets } from "./assets.ts";
import { drainable } from "./drain.ts";
import { makeListener } from "./listener.ts";
import type { AddressInfo, ListenOptions } from "node:net";

const host = process.cwd();
const configuration = loadConfiguration(dirname(import.meta.dirname));
const log = openLog(host, configuration.release);
logCrashes(log);
process.title = `parcel web ${configuration.release}`;

const database = openDatabase(configuration.database);
const signIn = makeSignIn(configuration, database);
const listener = makeListener({ host, configuration, database, signIn, assets: loadAssets(configuration.root), log });
const trial = createServer(listener);
const server = createServer({ keepAliveTimeout: 2_000 }, listener);
const drain = drainable(server);
let joined = Promise.resolve();
let drained: Promise<void> | undefined;

process.on("message", (message) => {
  if (message === "serve") joined = serve();
  if (message === "drain") end();
  if (message === "end") process.disconnect();
});
process.on("SIGTERM", end);
process.on("SIGINT", () => undefined);

try {
  database.use();
} catch (error) {
  // It serves all the same: its health says so, and the database may be brought up to date while it waits.
  log("error", `does not run on this database: ${messageOf(error)}`, stackOf(error));
}
await listen(trial, { port: 0, host: "127.0.0.1", exclusive: true });
process.send?.({ type: "ready", port: (trial.address() as AddressInfo).port });

async function serve(): Promise<void> {
  trial.close();
  try {
    await listen(server, { port: configuration.port, host: configuration.address });
    keepRatesFresh();
    process.send?.({ type: "serves" });
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const where = `${configuration.address}:${configuration.port}`;
    const reason = taken ? `${where} is taken by another program` : `cannot listen on ${where}: ${messageOf(error)}`;
    process.send?.({ type: "failed", reason });
  }
}

/** The supervisor says "end" only after it has read "drained": by then every connection it had handed over before it knew
 * has come here and been refused, which makes it hand that connection to another worker. */
function end(): void {
  // Node cannot close a server while the cluster still answers whether it may listen.
  drained ??= joined.then(drain).then(() => {
    database.close();
    process.send?.({ type: "drained" });
  });
}

function listen(candidate: typeof server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    candidate.once("error", reject);
    candidate.listen(options, resolve);
  });
}
