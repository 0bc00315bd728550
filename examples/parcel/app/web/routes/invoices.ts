import { invoicePdf, sample } from "../../invoices/invoice.ts";
import { findOrder } from "../../orders/orders.ts";
import { download, problem } from "../answers.ts";
import { signedIn } from "../signed-in.ts";
import type { Answer, Visit } from "../visit.ts";

const type = "application/pdf";

export function invoice(visit: Visit): Answer {
  const order = findOrder(visit.app.database, signedIn(visit), Number(visit.params[0]));
  if (!order) return problem(visit, 404, "There is no such order.");
  return download(`invoice-${order.id}.pdf`, type, invoicePdf(order));
}

/** Looks like every invoice, and is about nothing. */
export function sampleInvoice(): Answer {
  return download("invoice-sample.pdf", type, invoicePdf(sample));
}
