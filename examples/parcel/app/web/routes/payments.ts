import { createHmac } from "node:crypto";
import { countPayments, readPayment, receivePayment } from "../../payments/payments.ts";
import { paidPage } from "../../pages/paid.ts";
import { html, json, problem, redirect } from "../answers.ts";
import { sameText } from "../sessions.ts";
import type { Answer, Visit } from "../visit.ts";

/** What the test provider calls when somebody has paid. It signs what it sends; told again, it hears the same. */
export function paymentCallback(visit: Visit): Answer {
  const { configuration, database } = visit.app;
  if (configuration.paymentSecret === undefined) return problem(visit, 404, "There is no such page.");
  const signature = createHmac("sha256", configuration.paymentSecret).update(visit.content).digest("hex");
  if (!sameText(visit.signature ?? "", signature)) return problem(visit, 403, "The signature is wrong.");
  const payment = readPayment(visit.fields);
  if (!payment) return problem(visit, 422, "The payment is not complete.");
  receivePayment(database, payment);
  return redirect("/payments/thanks");
}

export function thanks(visit: Visit): Answer {
  return html(visit, 200, "Thank you", paidPage());
}

/** What became of the payments with a reference of the test provider. */
export function testPayments(visit: Visit): Answer {
  const { configuration, database } = visit.app;
  if (configuration.paymentSecret === undefined) return problem(visit, 404, "There is no such page.");
  return json(200, { count: countPayments(database, visit.params[0] ?? "") });
}
