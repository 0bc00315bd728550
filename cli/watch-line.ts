import { type Seen, seldom } from "../actions/watch/observe.ts";
import { describeProgress } from "../actions/watch/words.ts";
import { paint } from "./say.ts";

/**
 * Shows how a watch goes on: in a terminal as one line that is written anew every second, elsewhere as a line every half
 * minute.
 */
export class WatchLine {
  readonly #write: (text: string) => void;
  readonly #live: boolean;
  readonly #tell: (line: string) => void;
  #seen: { readonly last: Seen; readonly at: number } | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor(live = process.stdout.isTTY, write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.#live = live;
    this.#write = write;
    this.#tell = seldom((line) => {
      write(`  ${line}\n`);
    });
  }

  see(last: Seen): void {
    this.#seen = { last, at: performance.now() };
    if (!this.#live) {
      this.#tell(describeProgress(last));
      return;
    }
    this.#clock ??= setInterval(() => {
      this.#show();
    }, 1000);
    this.#show();
  }

  /** Ends the display. */
  close(): void {
    clearInterval(this.#clock);
    if (this.#live && this.#seen) this.#write("\r\u001b[K");
  }

  #show(): void {
    if (!this.#seen) return;
    const { last, at } = this.#seen;
    const seconds = Math.min(last.of, last.seconds + (performance.now() - at) / 1000);
    const line = `  … ${describeProgress({ ...last, seconds })}`;
    this.#write(`\r\u001b[K${paint("dim", line.slice(0, (process.stdout.columns || 80) - 1))}`);
  }
}
