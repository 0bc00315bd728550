import type { IncomingMessage } from "node:http";
import type { Fields } from "../orders/draft.ts";

const mostBytes = 64 * 1024;

/** What the sender did wrong, with the status that says so. */
export class BadRequest extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The fields of a form or of a JSON object. */
export async function readFields(request: IncomingMessage): Promise<Fields> {
  const text = await readText(request);
  if (!request.headers["content-type"]?.startsWith("application/json")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequest(400, "The body is not a JSON object.");
  }
  return value as Fields;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new BadRequest(413, `The body is larger than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, "The body is not JSON.");
  }
}
