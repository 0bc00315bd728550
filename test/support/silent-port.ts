/** A port of the loopback that takes no connection and refuses none, as behind a firewall that drops what comes. */
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** Its queue is short, and whoever should take from it sleeps. */
const sleeper = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

export async function silentPort(): Promise<number> {
  const worker = new Worker(sleeper, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const waiting: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  });
  const takesOneMore = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => undefined);
      waiting.push(socket);
      // On a busy machine both may be due at once: then the connection is to be seen first.
      setTimeout(() => setImmediate(() => resolve(false)), 300);
    });
  while (await takesOneMore());
  return port;
}
