import type { Account } from "../accounts/accounts.ts";
import type { Database } from "../database/connection.ts";
import type { Fields, Mistakes } from "../orders/draft.ts";

export const slots = { morning: "8 to 12", afternoon: "12 to 16", evening: "16 to 20" } as const;

/** A pick-up that somebody asks for. */
export interface Wish {
  readonly day: string;
  readonly slot: keyof typeof slots;
  readonly place: string;
  readonly note: string;
}

export interface Appointment extends Wish {
  readonly id: number;
}

/** All mistakes come back at once. */
export function readWish(fields: Fields, today: string): { wish: Wish } | { mistakes: Mistakes } {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === "string" ? value.trim() : "";
  };
  const [day, slot, place, note] = [text("day"), text("slot"), text("place"), text("note")];
  const mistakes = {
    ...(!isDay(day) ? { day: "is not a day" } : day < today && { day: "is over" }),
    ...(place === "" && { place: "is missing" }),
    ...(place.length > 120 && { place: "is longer than 120 characters" }),
    ...(note.length > 200 && { note: "is longer than 200 characters" }),
  };
  if (!isSlot(slot)) return { mistakes: { ...mistakes, slot: "is not offered" } };
  return Object.keys(mistakes).length > 0 ? { mistakes } : { wish: { day, slot, place, note } };
}

/** Somebody's own pick-ups, the next one first. */
export function listAppointments(database: Database, { email }: Account): Appointment[] {
  const sql = "SELECT id, day, slot, place, note FROM appointments WHERE booked_by = ? ORDER BY day, slot DESC, id";
  return database.use().prepare(sql).all(email) as unknown as Appointment[];
}

export function bookAppointment(database: Database, { name }: Account, { day, slot, place, note }: Wish): void {
  const sql = "INSERT INTO appointments (day, slot, place, note, booked_by) VALUES (?, ?, ?, ?, ?)";
  database.use().prepare(sql).run(day, slot, place, note, name);
}

/** False when there is none, or it is somebody else's. */
export function cancelAppointment(database: Database, { email }: Account, id: number): boolean {
  const sql = "DELETE FROM appointments WHERE id = ? AND booked_by = ?";
  return database.use().prepare(sql).run(id, email).changes === 1;
}

function isSlot(text: string): text is keyof typeof slots {
  return Object.hasOwn(slots, text);
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
