/** The background worker: prints the labels of new orders. The supervisor starts one for each release. */
import { dirname } from "node:path";
import { openDatabase } from "../database/connection.ts";
import { loadConfiguration } from "../host/configuration.ts";
import { logCrashes, messageOf, openLog, stackOf } from "../host/log.ts";
import { maintenanceOf } from "../host/maintenance.ts";
import { printLabel } from "./label.ts";
import { markDone, markFailed, nextJob } from "./queue.ts";

const pauseMilliseconds = 200;

const host = process.cwd();
const configuration = loadConfiguration(dirname(import.meta.dirname));
const log = openLog(host, configuration.release);
const database = openDatabase(configuration.database);
let trouble = "";

process.title = `parcel labels ${configuration.release}`;
logCrashes(log);
process.on("message", (message) => {
  if (message === "drain") end();
  if (message !== "serve") return;
  work();
  process.send?.({ type: "serves" });
});
process.on("SIGTERM", end);
process.on("SIGINT", () => undefined);
process.on("disconnect", end);
process.send?.({ type: "ready" });

/** Jobs are short and done between two events, so ending at any event cuts none in half. */
function end(): void {
  database.close();
  process.exit(0);
}

function work(): void {
  let worked = false;
  try {
    worked = !maintenanceOf(host) && doNextJob();
    trouble = "";
  } catch (error) {
    // Said once, not five times a second.
    if (messageOf(error) !== trouble) log("error", messageOf(error), stackOf(error));
    trouble = messageOf(error);
  }
  setTimeout(work, worked ? 0 : pauseMilliseconds);
}

function doNextJob(): boolean {
  const now = new Date().toISOString();
  const job = nextJob(database.use(), now);
  if (!job) return false;
  try {
    const label = database.transaction((connection) => {
      // Another worker may have been quicker, while two releases overlap.
      if (nextJob(connection, now)?.id !== job.id) return undefined;
      markDone(connection, job, now, configuration.release);
      return job.orderId === null ? undefined : printLabel(connection, job.orderId, now);
    });
    if (label) log("info", `printed label ${label}`, { order: job.orderId });
  } catch (error) {
    markFailed(database.use(), job, messageOf(error));
    log("error", `job ${job.id} (${job.kind}) failed: ${messageOf(error)}`, stackOf(error));
  }
  return true;
}
