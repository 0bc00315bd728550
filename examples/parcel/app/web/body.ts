import { readParts } from "./multipart.ts";
import type { IncomingMessage } from "node:http";
import type { Fields } from "../orders/draft.ts";

export const usualBytes = 64 * 1024;
const patience = 8;

/** What the sender did wrong, with the status that says so. */
export class BadRequest extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The whole body. Of one that is too large the rest is read as well, within reason, and forgotten: most senders listen to
 * the answer only when they have sent everything. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    if (bytes > mostBytes * patience) break;
  }
  if (bytes > mostBytes) throw new BadRequest(413, `The body is larger than ${mostBytes} bytes.`);
  return Buffer.concat(chunks);
}

/** The fields of a form, of a form with files, or of a JSON object. */
export function fieldsOf(body: Buffer, contentType = ""): Fields {
  if (contentType.startsWith("multipart/form-data")) {
    const parts = readParts(body, contentType);
    if (!parts) throw new BadRequest(400, "The body is not a form with files.");
    return parts;
  }
  if (!contentType.startsWith("application/json")) return Object.fromEntries(new URLSearchParams(body.toString()));
  const value = parse(body.toString());
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequest(400, "The body is not a JSON object.");
  }
  return value as Fields;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, "The body is not JSON.");
  }
}
