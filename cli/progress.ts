import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { paint, seconds } from "./say.ts";
import { pipelineOf, receiptOf, runs, titleOf } from "./step-event.ts";

interface Running {
  readonly title: string;
  readonly since: number;
  readonly words: string[];
}

const marks = {
  pass: paint("green", "✓"),
  warn: paint("yellow", "!"),
  fail: paint("red", "✗"),
  unknown: paint("red", "?"),
};
const titleWidth = 20;

/** Shows an update as it happens: one line a step, when it ends, with its seconds and its own words. */
export class Progress {
  #pipeline = "";
  readonly #running = new Map<string, Running>();
  readonly #write: (text: string) => void;
  readonly #live: boolean;
  #shown = false;
  readonly #clock: NodeJS.Timeout | undefined;

  constructor(live = process.stdout.isTTY, write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.#live = live;
    this.#write = write;
    if (live) {
      this.#clock = setInterval(() => {
        this.#showRunning();
      }, 250);
    }
  }

  see(event: EngineEvent): void {
    this.#pipeline = pipelineOf(event) ?? this.#pipeline;
    const { resourcePreEvent: begins, diagnosticEvent: said, resOutputsEvent: done, resOpFailedEvent: failed } = event;
    if (begins && runs(begins.metadata)) this.#begin(begins.metadata);
    if (said?.urn !== undefined && (said.severity === "info" || said.severity === "info#err"))
      this.#hear(said.urn, said.message);
    if (done && runs(done.metadata)) this.#end(done.metadata);
    if (failed) this.#fail(failed.metadata);
  }

  /** Ends the display. */
  close(): void {
    clearInterval(this.#clock);
    this.#clear();
  }

  #begin({ urn }: StepEventMetadata): void {
    this.#running.set(urn, { title: titleOf(urn, this.#pipeline), since: Date.now(), words: [] });
    this.#showRunning();
  }

  #hear(urn: string, message: string): void {
    this.#running.get(urn)?.words.push(...message.split("\n").filter((line) => line.trim() !== ""));
  }

  #end(metadata: StepEventMetadata): void {
    const { verdict, seen, reverted, decision } = receiptOf(metadata);
    if (typeof verdict === "string" && verdict in marks) {
      this.#line(metadata.urn, marks[verdict as keyof typeof marks], [String(seen)]);
      return;
    }
    // A step that changed the world does not fail, it says what is true; the gate behind it fails.
    const isBad = reverted === true || decision === "reverted" || decision === "stays";
    this.#line(metadata.urn, isBad ? marks.fail : marks.pass, []);
  }

  /** Its words are the message of the failure, which is shown last: here they would be shown twice. */
  #fail({ urn }: StepEventMetadata): void {
    const running = this.#running.get(urn);
    if (running) running.words.length = 0;
    this.#line(urn, marks.fail, []);
  }

  #line(urn: string, mark: string, more: readonly string[]): void {
    const running = this.#running.get(urn);
    if (!running) return;
    this.#running.delete(urn);
    this.#clear();
    const [first = "", ...rest] = [...running.words, ...more];
    const took = seconds(Date.now() - running.since).padStart(7);
    this.#write(`${`  ${mark} ${running.title.padEnd(titleWidth)}${took}  ${first}`.trimEnd()}\n`);
    for (const word of rest) this.#write(`${" ".repeat(titleWidth + 13)}${word}\n`);
    this.#showRunning();
  }

  #showRunning(): void {
    if (!this.#live) return;
    this.#clear();
    const names = [...this.#running.values()].map(({ title, since, words }) => {
      const last = words.at(-1);
      return `${title} ${seconds(Date.now() - since)}${last === undefined ? "" : `: ${last}`}`;
    });
    if (names.length === 0) return;
    this.#write(paint("dim", `  … ${names.join(", ")}`.slice(0, (process.stdout.columns || 80) - 1)));
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown) this.#write("\r\u001b[K");
    this.#shown = false;
  }
}
