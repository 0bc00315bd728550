/** An error whose message is for the user; `exitCode` as the Pulumi CLI has it. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the embedded engine leaves to the Pulumi CLI, it refuses in these words. */
export function refuse(what: string): UserError {
  return new UserError(`${what} needs the Pulumi CLI`);
}
