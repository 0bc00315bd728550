import { slots } from "../appointments/appointments.ts";
import { field, select } from "./fields.ts";
import { day } from "./format.ts";
import { html } from "./html.ts";
import type { Appointment } from "../appointments/appointments.ts";
import type { Mistakes } from "../orders/draft.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function calendarPage(visit: Visit, appointments: readonly Appointment[], mistakes: Mistakes = {}): Html {
  const form = { fields: visit.fields, mistakes };
  const token = html`<input type="hidden" name="csrf" value="${visit.csrfToken}" />`;
  return html`<div class="heading"><h1>Pick-ups</h1></div>
    <div class="columns">
      <section class="card">
        <h2>Book one</h2>
        <form method="post" action="/calendar">
          ${token}
          <div class="row">
            ${field(form, "day", "Day", html`type="date" required`)} ${select(form, "slot", "Time", slots, "morning")}
          </div>
          ${field(form, "place", "Street, number and city", html`maxlength="120" required`)}
          <label>Note for the driver <input name="note" maxlength="200" /></label>
          <button class="button">Book</button>
        </form>
      </section>
      <section class="card">
        <h2>Booked</h2>
        ${appointments.length === 0 && html`<p class="hint">No pick-up is booked.</p>`}
        ${appointments.map((appointment) => entry(appointment, token))}
      </section>
    </div>`;
}

function entry({ id, day: date, slot, place, note }: Appointment, token: Html): Html {
  return html`<form method="post" action="/calendar/${id}/cancel">
    ${token}
    <p><b>${day(date)}, ${slots[slot]}</b><br />${place}${note && html`<br /><span class="hint">${note}</span>`}</p>
    <button class="quiet">Cancel</button>
  </form>`;
}
