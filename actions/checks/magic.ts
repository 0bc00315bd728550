/** The first bytes of files of a kind, in hexadecimal. */
const beginnings = {
  pdf: "255044462d",
  png: "89504e470d0a1a0a",
  jpeg: "ffd8ff",
  zip: "504b0304",
} as const;

export type Kind = keyof typeof beginnings;

export const kinds = Object.keys(beginnings) as [Kind, ...Kind[]];

/** The bytes that a file of a kind begins with; a kind may be written as the bytes themselves. */
export function beginningOf(kind: string): Buffer {
  return Buffer.from(Object.hasOwn(beginnings, kind) ? beginnings[kind as Kind] : kind, "hex");
}

/** Whether the content begins as its kind does. */
export function isOfKind(bytes: Uint8Array, kind: string): boolean {
  const beginning = beginningOf(kind);
  return beginning.equals(bytes.subarray(0, beginning.length));
}
