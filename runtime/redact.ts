import { plain } from "../actions/plain.ts";
import { encoded, written } from "./secret-forms.ts";

const shown = "[secret]";

/**
 * Returns a function that takes the given secrets, as they are and as they are commonly encoded (`written`, `encoded`), out
 * of a text, and leaves the rest `plain`: that first, or a secret could hide behind what nobody sees.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const texts = [...new Set(secrets.flatMap(textsOf))].filter((text) => text.length >= 4);
  if (texts.length === 0) return plain;
  // Longest first: of two that begin at the same place the longer must not be left half shown.
  texts.sort((a, b) => b.length - a.length);
  const each = texts.map((text) => ({ written: written(text), encoded: encoded(text) }));
  const all = anyOf(
    each.flatMap((one) => [one.written, ...one.encoded.map(({ pattern }) => pattern)]),
    "g",
  );
  // Secrets are nearly never there, and two short lists are gone through faster than one that is as long as both.
  const writings = anyOf(each.map((one) => one.written));
  const signs = anyOf(each.flatMap((one) => one.encoded.map(({ sign }) => sign)));
  return (text) => {
    const clean = plain(text);
    // In one go: a second one would look for secrets in what the first has put in their place.
    return writings.test(clean) || signs.test(clean) ? clean.replaceAll(all, shown) : clean;
  };
}

const anyOf = (patterns: readonly string[], flags = ""): RegExp => new RegExp([...new Set(patterns)].join("|"), flags);

/** What a secret is known by: itself, as `plain` leaves it, and its lines, as a key of several ones reaches a log. */
function textsOf(secret: string): string[] {
  const lines = secret.split("\n").map((line) => line.trim());
  return [secret, plain(secret), ...lines.filter((line) => line.length >= 8)];
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
