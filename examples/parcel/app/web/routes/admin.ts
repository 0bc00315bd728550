import { listAccounts } from "../../accounts/accounts.ts";
import { schemaRevision } from "../../database/schema.ts";
import { countJobs } from "../../labels/queue.ts";
import { countByStatus } from "../../orders/orders.ts";
import { adminPage } from "../../pages/admin.ts";
import { html } from "../answers.ts";
import type { Answer, Visit } from "../visit.ts";

export function admin(visit: Visit): Answer {
  const { configuration, database } = visit.app;
  const connection = database.use();
  const facts = {
    release: configuration.release,
    commit: configuration.commit,
    schema: schemaRevision(connection) ?? "unknown",
    jobs: countJobs(connection),
    orders: countByStatus(database),
    accounts: listAccounts(database),
  };
  return html(visit, 200, "Administration", adminPage(facts));
}
