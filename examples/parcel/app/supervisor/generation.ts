import { setTimeout as wait } from "node:timers/promises";
import { loadConfiguration } from "../host/configuration.ts";
import { messageOf, openLog } from "../host/log.ts";
import { askVersion } from "./ask-version.ts";
import { forkLabels, forkWeb } from "./forks.ts";
import { Member } from "./member.ts";
import type { Configuration } from "../host/configuration.ts";
import type { Log } from "../host/log.ts";

type Start = () => Member;

const pauseMilliseconds = { first: 200, longest: 5_000 };
const recoveredMilliseconds = 10_000;

/** The workers of one release. */
export class Generation {
  readonly configuration: Configuration;
  readonly log: Log;
  /** All processes it ever had: whose log lines tell why it failed. */
  readonly everyPid = new Set<number>();
  readonly #host: string;
  readonly #members = new Map<Member, Start>();
  #ending = false;

  constructor(host: string, root: string) {
    this.#host = host;
    this.configuration = loadConfiguration(root);
    this.log = openLog(host, this.configuration.release);
  }

  get pids(): number[] {
    return [...this.#members.keys()].map(({ pid }) => pid);
  }

  /** Starts the workers; done when each web worker has answered a request. Nobody else is served yet. */
  async start(): Promise<void> {
    const { root, webWorkers } = this.configuration;
    const web = () => new Member("web worker", forkWeb(this.#host, root), this.log);
    const labels = () => new Member("label worker", forkLabels(this.#host, root), this.log);
    const starts = [...Array.from({ length: webWorkers }, () => web), labels];
    await Promise.all(starts.map((start) => this.#startOne(start)));
  }

  /** Lets the workers share the public port and the queue, from now on without interruption. */
  async serve(): Promise<void> {
    await Promise.all(
      [...this.#members].map(async ([member, start]) => {
        await this.#serveOne(member);
        void this.#keep(member, start);
      }),
    );
  }

  /** Ends the workers when they have answered what they are at. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all([...this.#members.keys()].map((member) => member.end()));
  }

  async #startOne(start: Start): Promise<Member> {
    const member = start();
    this.#members.set(member, start);
    this.everyPid.add(member.pid);
    void member.exited.then(() => this.#members.delete(member));
    try {
      await this.#answers(member);
      return member;
    } catch (error) {
      await member.kill();
      throw error;
    }
  }

  async #answers(member: Member): Promise<void> {
    const { release, startSeconds } = this.configuration;
    const ready = await member.says("ready", startSeconds);
    if (!("port" in ready)) return;
    const answer = await askVersion(ready.port, startSeconds);
    if (answer !== release) throw new Error(`${member.name} says that it is release ${answer}, not ${release}`);
  }

  async #serveOne(member: Member): Promise<void> {
    const serves = member.says("serves", this.configuration.startSeconds);
    member.tell("serve");
    await serves;
  }

  /** Replaces a worker whenever it is lost, less and less often if its successors are lost too. */
  async #keep(first: Member, start: Start): Promise<void> {
    let member: Member | undefined = first;
    let pause = pauseMilliseconds.first;
    for (;;) {
      const began = Date.now();
      const how = await member?.exited;
      if (this.#ending) return;
      if (member) this.log("error", `${member.name} (pid ${member.pid}) ${how ?? ""}; another one is started`);
      pause = Date.now() - began > recoveredMilliseconds ? pauseMilliseconds.first : pause;
      await wait(pause);
      pause = Math.min(pause * 2, pauseMilliseconds.longest);
      member = await this.#again(start);
    }
  }

  async #again(start: Start): Promise<Member | undefined> {
    if (this.#ending) return undefined;
    try {
      const member = await this.#startOne(start);
      await this.#serveOne(member);
      return member;
    } catch (error) {
      this.log("error", `it did not come up: ${messageOf(error)}`);
      return undefined;
    }
  }
}
