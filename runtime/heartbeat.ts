/**
 * How long anybody is waited for. A step that works says so in its record and in the lease, whatever it waits for: a
 * write to the store, so not often.
 */
export const heartbeatSeconds = 5;

/** A step that was not heard of for so long is taken for dead: six heartbeats, so that a busy disk is no death. */
export const stepSilenceSeconds = 30;

/**
 * A lease that was not heard of for so long is nobody's. Longer, because between two steps nobody speaks: the engine saves
 * its state, maybe to a slow backend, and starts the next process. Short enough for who waits for a machine that died.
 */
export const leaseSilenceSeconds = 120;

/** Calls `beat` every few seconds and keeps the process alive meanwhile. Returns what ends it. */
export function keepBeating(beat: () => void, everySeconds = heartbeatSeconds): () => void {
  const timer = setInterval(() => {
    try {
      beat();
    } catch {
      // The store is out of reach: what is at work goes on, and is heard of again later, or taken for dead.
    }
  }, everySeconds * 1000);
  return () => {
    clearInterval(timer);
  };
}
