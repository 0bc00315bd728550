/** Milliseconds that `act` takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** One line for people: what, how much, against what aim, and the medians it comes from. */
export function print(
  what: string,
  found: string,
  aim: string,
  times: Readonly<Record<string, readonly number[]>>,
): void {
  const medians = Object.entries(times).map(([name, all]) => `${name} ${median(all).toFixed(0)} ms`);
  process.stdout.write(`${what}: ${found} (${aim}; medians: ${medians.join(", ")})\n`);
}
