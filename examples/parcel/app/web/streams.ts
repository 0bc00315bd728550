import type { ServerResponse } from "node:http";

/** Answers that go on until somebody ends them. */
const open = new Set<ServerResponse>();
let ending = false;

/** Keeps an answer open until its reader goes, or this worker is to end. */
export function keepOpen(response: ServerResponse, closed: () => void): void {
  open.add(response);
  response.once("close", () => {
    open.delete(response);
    closed();
  });
  if (ending) response.end();
}

/** Their readers come back by themselves, to the next worker. */
export function endStreams(): void {
  ending = true;
  for (const response of open) response.end();
}
