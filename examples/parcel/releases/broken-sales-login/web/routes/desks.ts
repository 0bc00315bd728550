import { cached } from "../../host/cache.ts";
import { countJobs } from "../../labels/queue.ts";
import { countByCountry, latestEvents } from "../../orders/figures.ts";
import { countByStatus } from "../../orders/orders.ts";
import { deskPage } from "../../pages/desk.ts";
import { country, moment } from "../../pages/format.ts";
import { html, redirect } from "../answers.ts";
import type { Answer, Visit } from "../visit.ts";

const figuresSeconds = 10;

/** What the depot has to do. */
export function employee(visit: Visit): Answer {
  const { database } = visit.app;
  const facts = countByStatus(database).map(({ status, orders }) => [`Orders ${status}`, orders] as const);
  const labels = ["Labels to print", countJobs(database.use()).waiting] as const;
  return html(visit, 200, "Depot", deskPage("Depot", [labels, ...facts]));
}

/** Where the parcels go. */
export function sales(visit: Visit): Answer {
  if (visit.fields.quarter === undefined) return redirect("/sales?quarter=this");
  const { configuration, database } = visit.app;
  const figures = cached(configuration, "parcels by country", figuresSeconds, () => countByCountry(database));
  const facts = figures.map(({ code, orders }) => [country(code), orders] as const);
  return html(visit, 200, "Sales", deskPage("Parcels by country", facts));
}

/** What happened last, for those who are asked about it. */
export function support(visit: Visit): Answer {
  const facts = latestEvents(visit.app.database).map(
    ({ number, at, text }) => [moment(at), `${number}: ${text}`] as const,
  );
  return html(visit, 200, "Support", deskPage("Latest news of the parcels", facts));
}
