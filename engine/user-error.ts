/** An error whose message is for the user; `exitCode` as the Pulumi CLI has it, `urn` of the resource it is about. */
export class UserError extends Error {
  readonly exitCode: number;
  readonly urn: string | undefined;

  constructor(message: string, exitCode = 1, urn?: string) {
    super(message);
    this.exitCode = exitCode;
    this.urn = urn;
  }
}

/** What the embedded engine leaves to the Pulumi CLI. */
export class Refusal extends UserError {}

export const refuse = (what: string): Refusal => new Refusal(`${what} needs the Pulumi CLI`);
