import { createOrder, eventsOf, findOrder, listOrders } from "../../orders/orders.ts";
import { readDraft } from "../../orders/draft.ts";
import { orderFormPage } from "../../pages/order-form.ts";
import { orderPage } from "../../pages/order.ts";
import { ordersPage } from "../../pages/orders.ts";
import { html, problem, redirect } from "../answers.ts";
import { signedIn } from "../signed-in.ts";
import type { Answer, Visit } from "../visit.ts";

export function ordersList(visit: Visit): Answer {
  const account = signedIn(visit);
  return html(visit, 200, "Orders", ordersPage(account, listOrders(visit.app.database, account)));
}

export function newOrder(visit: Visit): Answer {
  return html(visit, 200, "New order", orderFormPage(visit));
}

export function createOrderByForm(visit: Visit): Answer {
  const read = readDraft(visit.fields);
  if ("mistakes" in read) return html(visit, 422, "New order", orderFormPage(visit, read.mistakes));
  const order = createOrder(visit.app.database, signedIn(visit), read.draft);
  return redirect(`/orders/${order.number}`);
}

export function showOrder(visit: Visit): Answer {
  const { database } = visit.app;
  const order = findOrder(database, signedIn(visit), Number(visit.params[0]));
  if (!order) return problem(visit, 404, "There is no such order.");
  return html(visit, 200, order.number, orderPage(order, eventsOf(database, order)));
}
