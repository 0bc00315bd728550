import { countByStatus, listOrders } from "../../orders/orders.ts";
import { json } from "../answers.ts";
import type { Answer, Visit } from "../visit.ts";

/** What a procedure may say instead of its result, with the codes of tRPC. */
const refusals = {
  NOT_FOUND: { httpStatus: 404, code: -32004, message: "No such procedure" },
  UNAUTHORIZED: { httpStatus: 401, code: -32001, message: "Sign in first" },
} as const;

const procedures: Readonly<Record<string, (visit: Visit) => object | keyof typeof refusals>> = {
  "orders.count": ({ app }) => {
    const counts = countByStatus(app.database);
    const total = counts.reduce((sum, { orders }) => sum + orders, 0);
    return { total, byStatus: Object.fromEntries(counts.map(({ status, orders }) => [status, orders])) };
  },
  "orders.latest": ({ app, account }) =>
    account ? { orders: listOrders(app.database, account).slice(0, 5) } : "UNAUTHORIZED",
};

/** Queries in the words that tRPC's clients understand. */
export function trpc(visit: Visit): Answer {
  const path = visit.params[0] ?? "";
  const found = Object.hasOwn(procedures, path) ? procedures[path]?.(visit) : undefined;
  const result = found ?? "NOT_FOUND";
  if (typeof result === "object") return json(200, { result: { data: result } });
  const { httpStatus, code, message } = refusals[result];
  return json(httpStatus, { error: { message, code, data: { code: result, httpStatus, path } } });
}
