import { keepOpen } from "../streams.ts";
import type { Answer, Visit } from "../visit.ts";

const pauseMilliseconds = 300;

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
      response.write(next());
      const timer = setInterval(() => response.write(next()), pauseMilliseconds);
      keepOpen(response, () => {
        clearInterval(timer);
      });
    },
  };
}
