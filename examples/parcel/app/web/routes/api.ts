import { createOrder, eventsOf, findOrder, listOrders } from "../../orders/orders.ts";
import { readDraft } from "../../orders/draft.ts";
import { json, problem } from "../answers.ts";
import { signedIn } from "../signed-in.ts";
import type { Answer, Visit } from "../visit.ts";

export function apiListOrders(visit: Visit): Answer {
  return json(200, { orders: listOrders(visit.app.database, signedIn(visit)) });
}

export function apiShowOrder(visit: Visit): Answer {
  const { database } = visit.app;
  const order = findOrder(database, signedIn(visit), Number(visit.params[0]));
  if (!order) return problem(visit, 404, "There is no such order.");
  return json(200, { order: { ...order, events: eventsOf(database, order) } });
}

export function apiCreateOrder(visit: Visit): Answer {
  const read = readDraft(visit.fields);
  if ("mistakes" in read) return json(422, { error: "The order is not complete.", mistakes: read.mistakes });
  return json(201, { order: createOrder(visit.app.database, signedIn(visit), read.draft) });
}
