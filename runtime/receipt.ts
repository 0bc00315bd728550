import { Refusal } from "../actions/action.ts";

/** Receipts become outputs of resources, and environment variables of later steps: both want them small. */
const limitBytes = 8192;

/** The line a step prints on standard output. Errors: it would be longer than 8 KiB. */
export function formatReceipt(receipt: unknown, step: string): string {
  const text = JSON.stringify(receipt);
  const size = Buffer.byteLength(text);
  if (size > limitBytes) throw new Refusal(`${step}: its receipt has ${size} bytes, the limit is ${limitBytes}`);
  return text;
}

/** Keeps a line under the 64 KiB at which the command provider stops reading for ever. */
export function clip(line: string): string {
  // A cut line that was indented meanwhile is not cut again.
  return line.length <= 2100 ? line : `${line.slice(0, 2000)} ... (${line.length} characters)`;
}

/** The same for every line of a text. */
export const clipLines = (text: string): string => text.split("\n").map(clip).join("\n");
