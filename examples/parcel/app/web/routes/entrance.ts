import { homePage } from "../../pages/home.ts";
import { loginPage } from "../../pages/login.ts";
import { html, redirect } from "../answers.ts";
import { clearCookie } from "../cookies.ts";
import { sessionCookie, startSession } from "../sessions.ts";
import type { Answer, Visit } from "../visit.ts";

export function home(visit: Visit): Answer {
  return html(visit, 200, "Every parcel, to the doorstep", homePage(visit));
}

export function showLogin(visit: Visit): Answer {
  if (visit.account) return redirect("/orders");
  return html(visit, 200, "Sign in", loginPage(visit));
}

export async function login(visit: Visit): Promise<Answer> {
  const { email, password } = visit.fields;
  const address = typeof email === "string" ? email.trim().toLowerCase() : "";
  const account = await visit.app.signIn(address, typeof password === "string" ? password : "");
  if (!account) return html(visit, 401, "Sign in", loginPage(visit, { email: address, failed: true }));
  return redirect("/orders", startSession(visit.app.configuration.sessionSecret, account));
}

export function logout(): Answer {
  return redirect("/login", clearCookie(sessionCookie));
}
