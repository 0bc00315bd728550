/** What an interrupt does now. While nothing is under way it ends the engine, which gives back its lock as it exits. */
export const interrupts = { handle: (): void => process.exit(1) };

export function listenForInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupts.handle());
}
