import { bookAppointment, cancelAppointment, listAppointments, readWish } from "../../appointments/appointments.ts";
import { calendarPage } from "../../pages/calendar.ts";
import { html, problem, redirect } from "../answers.ts";
import { setFlash } from "../flash.ts";
import { signedIn } from "../signed-in.ts";
import type { Answer, Visit } from "../visit.ts";

export function calendar(visit: Visit): Answer {
  return html(visit, 200, "Pick-ups", calendarPage(visit, listAppointments(visit.app.database, signedIn(visit))));
}

export function book(visit: Visit): Answer {
  const [account, { database }] = [signedIn(visit), visit.app];
  const read = readWish(visit.fields, new Date().toISOString().slice(0, 10));
  if ("mistakes" in read) {
    return html(visit, 422, "Pick-ups", calendarPage(visit, listAppointments(database, account), read.mistakes));
  }
  bookAppointment(database, account, read.wish);
  return redirect("/calendar", setFlash("booked"));
}

export function cancel(visit: Visit): Answer {
  if (!cancelAppointment(visit.app.database, signedIn(visit), Number(visit.params[0]))) {
    return problem(visit, 404, "There is no such pick-up.");
  }
  return redirect("/calendar", setFlash("cancelled"));
}
