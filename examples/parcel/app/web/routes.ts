import { admin } from "./routes/admin.ts";
import { apiCreateOrder, apiListOrders, apiShowOrder } from "./routes/api.ts";
import { home, login, logout, showLogin } from "./routes/entrance.ts";
import { createOrderByForm, newOrder, ordersList, showOrder } from "./routes/orders.ts";
import { health, version } from "./health.ts";
import type { Answer, Visit } from "./visit.ts";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  readonly who: "anyone" | "signed in" | "admin";
  readonly handle: (visit: Visit) => Answer | Promise<Answer>;
}

export const routes: readonly Route[] = [
  { method: "GET", path: /^\/api\/health$/, who: "anyone", handle: ({ app }) => health(app) },
  { method: "GET", path: /^\/api\/version$/, who: "anyone", handle: ({ app }) => version(app) },
  { method: "GET", path: /^\/$/, who: "anyone", handle: home },
  { method: "GET", path: /^\/login$/, who: "anyone", handle: showLogin },
  { method: "POST", path: /^\/login$/, who: "anyone", handle: login },
  { method: "POST", path: /^\/logout$/, who: "anyone", handle: logout },
  { method: "GET", path: /^\/orders$/, who: "signed in", handle: ordersList },
  { method: "POST", path: /^\/orders$/, who: "signed in", handle: createOrderByForm },
  { method: "GET", path: /^\/orders\/new$/, who: "signed in", handle: newOrder },
  { method: "GET", path: /^\/orders\/(\d{1,9})$/, who: "signed in", handle: showOrder },
  { method: "GET", path: /^\/admin$/, who: "admin", handle: admin },
  { method: "GET", path: /^\/api\/orders$/, who: "signed in", handle: apiListOrders },
  { method: "POST", path: /^\/api\/orders$/, who: "signed in", handle: apiCreateOrder },
  { method: "GET", path: /^\/api\/orders\/(\d{1,9})$/, who: "signed in", handle: apiShowOrder },
];
