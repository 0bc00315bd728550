import type { Role } from "./accounts.ts";

/** One way in: its form, who may use it, and the page it leads to. */
export interface Guard {
  readonly entrance: string;
  readonly title: string;
  readonly roles: readonly Role[];
  readonly landing: string;
}

/** Those who send parcels, and those who help them with it. */
export const senders: readonly Role[] = ["customer", "staff", "admin"];

export const customers: Guard = { entrance: "/login", title: "Sign in", roles: senders, landing: "/orders" };
export const administrators: Guard = {
  entrance: "/admin/login",
  title: "Administration",
  roles: ["admin"],
  landing: "/admin",
};
export const employees: Guard = {
  entrance: "/employee/login",
  title: "Depot",
  roles: ["staff"],
  landing: "/employee",
};
export const sellers: Guard = { entrance: "/sales/login", title: "Sales", roles: ["sales"], landing: "/sales" };
export const supporters: Guard = {
  entrance: "/support/login",
  title: "Support",
  roles: ["support"],
  landing: "/support",
};

export const guards: readonly Guard[] = [customers, administrators, employees, sellers, supporters];

/** Where somebody has to sign in who wants to see a page. */
export function entranceOf(path: string): string {
  return guards.find(({ landing }) => landing === path)?.entrance ?? customers.entrance;
}
