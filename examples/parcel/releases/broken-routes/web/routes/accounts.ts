import { listAccounts } from "../../accounts/accounts.ts";
import { json } from "../answers.ts";
import type { Answer, Visit } from "../visit.ts";

/** For the new directory of the staff. */
export function apiListAccounts({ app }: Visit): Answer {
  const accounts = listAccounts(app.database).filter(({ role }) => role !== "customer");
  return json(200, { accounts: accounts.map(({ name, role }) => ({ name, role })) });
}
