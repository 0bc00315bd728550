import { connect as open, isIP } from "node:net";
import { addAbortSignal } from "node:stream";
import { codeOf } from "./bare-request.ts";

/** How a port takes a connection: it does, it says no, or nothing comes back within the time. */
export type Reached = "open" | "refused" | "silent";

/** Opens a TCP connection and closes it again. Errors: no such name, no answer about it, no network. */
export function connect(
  host: string,
  port: number,
  { signal, timeoutSeconds }: { readonly signal: AbortSignal; readonly timeoutSeconds: number },
): Promise<Reached> {
  const timeout = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  return new Promise((resolve, reject) => {
    let isFound = isIP(host) !== 0;
    const socket = addAbortSignal(AbortSignal.any([signal, timeout]), open({ host, port }));
    socket.on("lookup", () => {
      isFound = true;
    });
    socket.on("connect", () => {
      resolve("open");
      socket.destroy();
    });
    socket.on("error", (error) => {
      if (codeOf(error) === "ECONNREFUSED") resolve("refused");
      // It was open, and closed again before we were told.
      else if (codeOf(error) === "ECONNRESET") resolve("open");
      else if (codeOf(error) === "ETIMEDOUT" || (isFound && timeout.aborted && !signal.aborted)) resolve("silent");
      else reject(error);
    });
  });
}
