import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { ChildProcess } from "node:child_process";
import type { Log } from "../host/log.ts";

export type Message =
  | { readonly type: "ready"; readonly port?: number }
  | { readonly type: "serves" }
  | { readonly type: "drained" }
  | { readonly type: "failed"; readonly reason: string };

const drainSeconds = 9;

/** One worker process, as the supervisor talks with it. */
export class Member {
  readonly name: string;
  readonly pid: number;
  /** How it ended, in words. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;

  constructor(name: string, child: ChildProcess, log: Log) {
    this.name = name;
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.on("error", (error) => {
        // Also emitted when it can no longer be told something; its end then follows.
        if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
      });
      child.once("exit", (code, signal) => {
        resolve(signal ? `was ended by ${signal}` : `ended with code ${code ?? 0}`);
      });
    });
    // It may also drain unasked, at a signal from outside.
    child.on("message", ({ type }: Message) => {
      if (type === "drained") this.tell("end");
    });
    // What a worker prints itself, such as a syntax error before it has a log, belongs into the log too.
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        if (line.trim() !== "") log("error", line, { from: this.pid });
      });
    }
  }

  /** Waits until the process says something of this type; fails if it says that it failed, or ends, or takes too long. */
  async says(type: Message["type"], seconds: number): Promise<Message> {
    const late = new AbortController();
    const failed = async (reason: Promise<string>) => {
      throw new Error(`${this.name} (pid ${this.pid}) ${await reason}`);
    };
    const limit = wait(seconds * 1000, `did not answer within ${seconds} s`, { signal: late.signal });
    try {
      return await Promise.race([this.#next(type, late.signal), failed(this.exited), failed(limit)]);
    } finally {
      late.abort();
    }
  }

  tell(word: "serve" | "drain" | "end"): void {
    if (this.#child.connected) this.#child.send(word, () => undefined);
  }

  /** Lets it finish what it is at; does not wait for ever. */
  async end(): Promise<void> {
    this.tell("drain");
    const late = new AbortController();
    const limit = wait(drainSeconds * 1000, "late", { signal: late.signal }).catch(() => "");
    if ((await Promise.race([this.exited, limit])) === "late") await this.kill();
    late.abort();
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  #next(type: Message["type"], signal: AbortSignal): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const listen = (message: Message) => {
      if (message.type === type) resolve(message);
      if (message.type === "failed") reject(new Error(message.reason));
    };
    this.#child.on("message", listen);
    signal.addEventListener("abort", () => this.#child.off("message", listen));
    return promise;
  }
}
