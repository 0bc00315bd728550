import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import type { Server, Socket } from "node:net";

export type Command = "reload" | "stop" | "status";

export interface Status {
  readonly supervisor: number | null;
  readonly release: string | null;
  readonly commit: string | null;
  readonly workers: readonly number[];
}

/** What the supervisor answers to any command: what is true afterwards, and if it could not, why. */
export interface Outcome {
  readonly status: Status;
  readonly failure?: string;
}

/** One command a connection: a line with its name comes in, a line of JSON goes out. */
export function answerCommands(server: Server, run: (command: Command) => Promise<Outcome>): void {
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    createInterface({ input: socket }).once("line", (line) => {
      void run(line as Command).then((outcome) => socket.end(`${JSON.stringify(outcome)}\n`));
    });
  });
}

/** Undefined when nobody answers at that address, or when whoever does ends before it has answered. */
export async function ask(socketPath: string, command: Command, seconds: number): Promise<Outcome | undefined> {
  const socket = createConnection(socketPath);
  socket.setTimeout(seconds * 1000, () => {
    socket.destroy(new Error(`the supervisor did not answer within ${seconds} s`));
  });
  const text = await readAll(socket, `${command}\n`);
  return text === "" ? undefined : (JSON.parse(text) as Outcome);
}

function readAll(socket: Socket, sent: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("connect", () => socket.write(sent));
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("end", () => {
    resolve(text);
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === undefined) reject(error);
    else resolve("");
  });
  return promise;
}
