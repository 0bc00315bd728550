import { messageOf, stackOf } from "../host/log.ts";
import { schemaRevision } from "../database/schema.ts";
import { json } from "./answers.ts";
import type { Answer, App } from "./visit.ts";

/** Healthy means that the orders can be read now, on the schema that is there now. */
export function health(app: App): Answer {
  const timestamp = new Date().toISOString();
  try {
    const connection = app.database.use();
    connection.prepare("SELECT id FROM orders LIMIT 1").get();
    return json(200, { status: "ok", timestamp, database: "ok", schema: schemaRevision(connection) });
  } catch (error) {
    app.log("error", `health is failing: ${messageOf(error)}`, stackOf(error));
    return json(503, { status: "failing", timestamp, database: "failing", reason: messageOf(error) });
  }
}

export function version({ configuration: { release, commit } }: App): Answer {
  return json(200, { release, commit: commit.slice(0, 12) });
}
