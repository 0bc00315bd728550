import { hashPassword, verifyPassword } from "./passwords.ts";
import type { Configuration } from "../host/configuration.ts";
import type { Database } from "../database/connection.ts";

export type Role = "customer" | "staff" | "admin" | "sales" | "support";

export interface Account {
  /** Null for a built-in account, which has no row in the database. */
  readonly id: number | null;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

interface StoredAccount extends Account {
  readonly password: string;
}

/** Whoever has this e-mail address and password, or undefined. */
export type SignIn = (email: string, password: string) => Promise<Account | undefined>;

/** The accounts deployments sign in with to see whether signing in works. */
const smokeRoles: Readonly<Record<string, Role>> = {
  "smoke@parcel.test": "customer",
  "smoke-admin@parcel.test": "admin",
  "smoke-employee@parcel.test": "staff",
  "smoke-sales@parcel.test": "sales",
  "smoke-support@parcel.test": "support",
};
/** The hash of a password nobody has. */
const nobody = "scrypt$16384$8$1$cGFyY2VsLW5vYm9keS4uLi4$bG52Va5YsomED2OhvuX0odVPXLVX_TonNTEQ78FrMM8";

export function makeSignIn(configuration: Configuration, database: Database): SignIn {
  return async (email, password) => {
    const smokeRole = Object.hasOwn(smokeRoles, email) ? smokeRoles[email] : undefined;
    const stored = smokeRole ? await smokeAccount(configuration, email, smokeRole) : findAccount(database, email);
    // An unknown address costs as much time as a wrong password, so that the time tells nothing.
    const correct = await verifyPassword(password, stored?.password ?? nobody);
    if (!stored || !correct) return undefined;
    return { id: stored.id, email: stored.email, name: stored.name, role: stored.role };
  };
}

async function smokeAccount(
  { smokePassword }: Configuration,
  email: string,
  role: Role,
): Promise<StoredAccount | undefined> {
  if (smokePassword === undefined) return undefined;
  const password = await hashPassword(smokePassword);
  return { id: null, email, name: "Smoke test", role, password };
}

function findAccount(database: Database, email: string): StoredAccount | undefined {
  const sql = "SELECT id, email, name, role, password FROM users WHERE email = ?";
  return database.use().prepare(sql).get(email) as StoredAccount | undefined;
}

export function listAccounts(database: Database): Account[] {
  return database.use().prepare("SELECT id, email, name, role FROM users ORDER BY id").all() as unknown as Account[];
}
