import { plain } from "../actions/plain.ts";

const shown = "[secret]";

/**
 * Returns a function that takes the given secrets, as they are and as they are commonly encoded, out of a text, and leaves
 * the rest `plain`: that first, or a secret could hide behind what nobody sees.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [
      secret,
      plain(secret),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
      // A key of several lines reaches a log line by line.
      ...secret.split("\n").flatMap((line) => (line.trim().length >= 8 ? [line.trim()] : [])),
    ]);
  // Longest first: a form that contains another must not be left half shown.
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length);
  if (unique.length === 0) return plain;
  // In one go: a second one would look for secrets in what the first has put in their place.
  const any = new RegExp(unique.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
  return (text) => plain(text).replace(any, shown);
}

/** The same for secrets that become known one after another. */
export interface Hiding {
  readonly redact: (text: string) => string;
  /** From now on this secret is taken out, too. */
  readonly hide: (secret: string) => void;
}

export function hiding(secrets: readonly string[]): Hiding {
  const known = new Set(secrets);
  let redact = redactor([...known]);
  return {
    redact: (text) => redact(text),
    hide: (secret) => {
      if (!known.has(secret)) redact = redactor([...known.add(secret)]);
    },
  };
}
