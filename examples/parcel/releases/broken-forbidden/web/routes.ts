import { employees, guards, sellers, senders, supporters } from "../accounts/guards.ts";
import { mostFileBytes } from "../files/files.ts";
import { health, version } from "./health.ts";
import { admin } from "./routes/admin.ts";
import { apiCreateOrder, apiListOrders, apiShowOrder } from "./routes/api.ts";
import { book, calendar, cancel } from "./routes/calendar.ts";
import { csrf } from "./routes/csrf.ts";
import { employee, sales, support } from "./routes/desks.ts";
import { home, login, logout, showLogin } from "./routes/entrance.ts";
import { events } from "./routes/events.ts";
import { deleteFile, downloadFile, uploadFile } from "./routes/files.ts";
import { invoice, sampleInvoice } from "./routes/invoices.ts";
import { createOrderByForm, newOrder, ordersList, showOrder } from "./routes/orders.ts";
import { paymentCallback, testPayments, thanks } from "./routes/payments.ts";
import { trpc } from "./routes/trpc.ts";
import type { Route } from "./route.ts";

/** What a form with a file has around the file. */
const formBytes = 16 * 1024;

const entrances = guards.flatMap((guard): Route[] => [
  { method: "GET", path: guard.entrance, who: "anyone", handle: showLogin(guard) },
  { method: "POST", path: guard.entrance, who: "anyone", handle: login(guard) },
]);

export const routes: readonly Route[] = [
  { method: "GET", path: "/api/health", who: "anyone", handle: ({ app }) => health(app) },
  { method: "GET", path: "/api/version", who: "anyone", handle: ({ app }) => version(app) },
  { method: "GET", path: "/", who: "anyone", handle: home },
  ...entrances,
  { method: "POST", path: "/logout", who: "anyone", handle: logout },
  { method: "GET", path: "/orders", who: senders, handle: ordersList },
  { method: "POST", path: "/orders", who: senders, handle: createOrderByForm },
  { method: "GET", path: "/orders/new", who: senders, handle: newOrder },
  { method: "GET", path: "/orders/:id", who: senders, handle: showOrder },
  { method: "GET", path: "/orders/:id/invoice.pdf", who: senders, handle: invoice },
  { method: "GET", path: "/invoices/sample.pdf", who: "signed in", handle: sampleInvoice },
  { method: "GET", path: "/calendar", who: senders, handle: calendar },
  { method: "POST", path: "/calendar", who: senders, handle: book },
  { method: "POST", path: "/calendar/:id/cancel", who: senders, handle: cancel },
  { method: "GET", path: "/admin", who: "signed in", handle: admin },
  { method: "GET", path: "/employee", who: employees.roles, handle: employee },
  { method: "GET", path: "/sales", who: sellers.roles, handle: sales },
  { method: "GET", path: "/support", who: supporters.roles, handle: support },
  { method: "POST", path: "/payments/callback/test", who: "anyone", handle: paymentCallback, signed: true },
  { method: "GET", path: "/payments/thanks", who: "anyone", handle: thanks },
  { method: "GET", path: "/payments/test/:reference", who: "anyone", handle: testPayments },
  { method: "GET", path: "/api/csrf", who: "anyone", handle: csrf },
  { method: "GET", path: "/api/events", who: "anyone", handle: events },
  { method: "GET", path: "/api/trpc/:procedure", who: "anyone", handle: trpc },
  {
    ...{ method: "POST", path: "/api/files", who: "signed in", handle: uploadFile },
    mostBytes: mostFileBytes + formBytes,
  },
  { method: "GET", path: "/api/files/:file", who: "signed in", handle: downloadFile },
  { method: "DELETE", path: "/api/files/:file", who: "signed in", handle: deleteFile },
  { method: "GET", path: "/api/orders", who: senders, handle: apiListOrders },
  { method: "POST", path: "/api/orders", who: senders, handle: apiCreateOrder },
  { method: "GET", path: "/api/orders/:id", who: senders, handle: apiShowOrder },
];
