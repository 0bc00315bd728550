import type { Account } from "../accounts/accounts.ts";
import type { Visit } from "./visit.ts";

/** Whoever visits a page that the route table keeps for those who have signed in. */
export function signedIn({ account, path }: Visit): Account {
  if (!account) throw new Error(`${path} was handled for nobody`);
  return account;
}
