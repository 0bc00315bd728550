import { setTimeout as wait } from "node:timers/promises";
import { homePage } from "../../pages/home.ts";
import { loginPage } from "../../pages/login.ts";
import { html, redirect } from "../answers.ts";
import { clearCookie } from "../cookies.ts";
import { endSession, sessionCookie, startSession } from "../sessions.ts";
import type { Guard } from "../../accounts/guards.ts";
import type { Answer, Visit } from "../visit.ts";

export async function home(visit: Visit): Promise<Answer> {
  await depotNews();
  return html(visit, 200, "Every parcel, to the doorstep", homePage(visit));
}

/** What the depot has to say today. Its machine is not the quickest. */
async function depotNews(): Promise<void> {
  await wait(1_500);
}

export function showLogin(guard: Guard): (visit: Visit) => Answer {
  return (visit) => {
    if (visit.account && guard.roles.includes(visit.account.role)) return redirect(guard.landing);
    return html(visit, 200, guard.title, loginPage(visit, guard));
  };
}

/** Whoever is not of the guard's roles is refused in the same words as somebody with a wrong password. */
export function login(guard: Guard): (visit: Visit) => Promise<Answer> {
  return async (visit) => {
    const { email, password } = visit.fields;
    const address = typeof email === "string" ? email.trim().toLowerCase() : "";
    const account = await visit.app.signIn(address, typeof password === "string" ? password : "");
    if (!account || !guard.roles.includes(account.role)) {
      return html(visit, 401, guard.title, loginPage(visit, guard, { email: address, failed: true }));
    }
    return redirect(guard.landing, startSession(visit.app.configuration, account));
  };
}

export function logout({ app, cookies }: Visit): Answer {
  endSession(app.configuration, cookies);
  return redirect("/login", clearCookie(sessionCookie));
}
