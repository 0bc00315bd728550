/** What receipts tell of a rollout. The ledger keeps receipts as they are; each kind is known by its fields. */
export interface Seen {
  readonly commit?: string;
  /** Digest of the artifact's contents. */
  readonly artifact?: string;
  readonly backup?: { readonly id: string; readonly digest: string; readonly schema: string; readonly proven: boolean };
  readonly downtime?: { readonly requests: number; readonly failed: number; readonly longestGapMs: number };
  readonly decision?: {
    readonly decision: "go" | "reverted" | "stays";
    readonly serving: string;
    readonly why: string;
  };
  readonly signOff?: { readonly by: string };
  readonly gate?: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function readReceipt(receipt: unknown): Seen {
  if (typeof receipt !== "object" || receipt === null) return {};
  const fields = receipt as Fields;
  const has = (...names: string[]): boolean => names.every((name) => name in fields);
  if (typeof fields.downtime === "object" && fields.downtime !== null)
    return { downtime: fields.downtime as NonNullable<Seen["downtime"]> };
  if (has("decision", "serving")) return { decision: decisionOf(fields) };
  if (has("decision")) return { gate: String(fields.decision) };
  if (has("id", "digest", "schema")) return fields.id === "none" ? {} : { backup: backupOf(fields) };
  if (has("artifact", "by")) return { signOff: { by: String(fields.by) } };
  if (has("digest", "commit")) return { artifact: String(fields.digest), commit: String(fields.commit) };
  return {};
}

function decisionOf({ decision, serving, why = "" }: Fields): NonNullable<Seen["decision"]> {
  return {
    // Of what nobody knows it is not said that all is well.
    decision: decision === "go" || decision === "reverted" ? decision : "stays",
    serving: String(serving),
    why: String(why),
  };
}

function backupOf({ id, digest, schema, proven }: Fields): NonNullable<Seen["backup"]> {
  return { id: String(id), digest: String(digest), schema: String(schema), proven: proven === true };
}

/** A check's answer, where a receipt is one. */
export function verdictOf(receipt: unknown): { verdict: string; seen: string; files?: readonly string[] } | undefined {
  const { verdict, seen, files } = (receipt ?? {}) as Fields;
  if (typeof verdict !== "string") return undefined;
  return { verdict, seen: String(seen), ...(Array.isArray(files) ? { files: files.map(String) } : {}) };
}
