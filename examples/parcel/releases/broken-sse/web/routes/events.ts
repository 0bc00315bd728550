import { keepOpen } from "../streams.ts";
import type { Answer, Visit } from "../visit.ts";

const pauseMilliseconds = 300;
/** Sent in one go: readers are woken less often. */
const batch = 8;

/** Tells every moment which release serves. */
export function events({ app }: Visit): Answer {
  const { release } = app.configuration;
  let number = 0;
  const next = () => {
    number += 1;
    const data = JSON.stringify({ release, at: new Date().toISOString() });
    return `id: ${number}\nevent: pulse\ndata: ${data}\n\n`;
  };
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", connection: "close" },
    body: "retry: 1000\n\n",
    stream: (response) => {
      let waiting: string[] = [];
      const timer = setInterval(() => {
        waiting.push(next());
        if (waiting.length < batch) return;
        response.write(waiting.join(""));
        waiting = [];
      }, pauseMilliseconds);
      keepOpen(response, () => {
        clearInterval(timer);
      });
    },
  };
}
