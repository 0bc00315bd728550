import { Server as NetServer } from "node:net";
import { endStreams } from "./streams.ts";
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Somewhat more than the keep-alive time that clients are told, so that idle connections end when clients expect it. */
const idleMilliseconds = 3_500;
const hardMilliseconds = 8_000;

/** Gives back a function that lets a server end without losing a request: it accepts no more connections, answers what is
 * under way, ends what would go on for ever, and keeps idle connections for the next request on them, whose answer then closes the connection. */
export function drainable(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const answering = new Set<ServerResponse>();
  let draining = false;

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.prependListener("request", (_request, response) => {
    if (draining) response.shouldKeepAlive = false;
    answering.add(response);
    response.once("close", () => answering.delete(response));
  });

  return () => {
    draining = true;
    for (const response of answering) response.shouldKeepAlive = false;
    endStreams();
    return closed(server, () => {
      const busy = new Set([...answering].map((response) => response.socket));
      return [...sockets].filter((socket) => !busy.has(socket));
    });
  };
}

function closed(server: Server, idleSockets: () => Socket[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const idle = setTimeout(() => {
    for (const socket of idleSockets()) socket.destroy();
  }, idleMilliseconds);
  const hard = setTimeout(() => {
    server.closeAllConnections();
  }, hardMilliseconds);
  // The close() of http would cut idle connections at once, while a request may be on its way on one of them.
  NetServer.prototype.close.call(server, () => {
    clearTimeout(idle);
    clearTimeout(hard);
    resolve(undefined);
  });
  return promise;
}
