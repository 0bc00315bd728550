import { Refusal } from "../actions/action.ts";
import { plain } from "../actions/plain.ts";
import { type Forms, formsOf } from "./secret-forms.ts";

const shown = "[secret]";
/** Of the patterns that are looked for as one, in characters: V8's work for many in one grows faster than they do. */
const longestGroup = 60_000;

/** Where something was found: its first character and the one behind its last. */
type Span = readonly [from: number, to: number];
type Finder = (text: string) => readonly Span[];

/**
 * Returns a function that takes the given secrets, as they are and as they are commonly encoded (`formsOf`), out of a text,
 * and leaves the rest `plain`: that first, or a secret could hide behind what nobody sees. Errors, of both: a `Refusal`
 * that says nothing of any secret.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const texts = [...new Set(secrets.flatMap(textsOf))].filter((text) => text.length >= 4);
  if (texts.length === 0) return plain;
  // Longest first: of two that begin at the same place the longer must not be left half shown.
  texts.sort((a, b) => b.length - a.length);
  const finders = unseen(() => {
    const forms = texts.map(formsOf);
    return [...grouped(forms).map(patternFinder), ...forms.flatMap(({ exact }) => exact.map(exactFinder))];
  });
  return (text) => {
    const clean = plain(text);
    // All before anything is replaced: or secrets would be looked for in what was put in their place.
    const spans = unseen(() => finders.flatMap((find) => find(clean)));
    return spans.length === 0 ? clean : covered(clean, spans);
  };
}

/** Does what may fail on a secret. V8 quotes a pattern that is too large, which is the secret: its words are never told. */
export function unseen<Made>(make: () => Made): Made {
  try {
    return make();
  } catch {
    throw new Refusal(
      "a secret cannot be taken out of what is written, so nothing is: it may be too long. " +
        "Give the step a shorter one, or the path of a file that holds it",
    );
  }
}

/** Those with patterns, in their order, in groups that are not too long to be one pattern. */
function grouped(forms: readonly Forms[]): Forms[][] {
  const groups: Forms[][] = [];
  let length = Infinity;
  for (const one of forms) {
    if (one.written.length === 0) continue;
    const own = patternsOf(one).join("|").length;
    if (length + own > longestGroup) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(one);
    length += own;
  }
  return groups;
}

const patternsOf = (one: Forms): string[] => [...one.written, ...one.encoded.map(({ pattern }) => pattern)];

function patternFinder(group: readonly Forms[]): Finder {
  const all = anyOf(group.flatMap(patternsOf), "g");
  // Secrets are nearly never there, and two short lists are gone through faster than one that is as long as both.
  const writings = anyOf(group.flatMap((one) => one.written));
  const signs = anyOf(group.flatMap((one) => one.encoded.map(({ sign }) => sign)));
  return (text) => {
    const spans: Span[] = [];
    if (writings.test(text) || signs.test(text))
      text.replaceAll(all, (found, at: number) => {
        spans.push([at, at + found.length]);
        return found;
      });
    return spans;
  };
}

const anyOf = (patterns: readonly string[], flags = ""): RegExp => new RegExp([...new Set(patterns)].join("|"), flags);

function exactFinder(form: string): Finder {
  return (text) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
      spans.push([at, at + form.length]);
    return spans;
  };
}

/** The text with one mark for each of the spans, and for those that overlap one for all of them. */
function covered(text: string, spans: readonly Span[]): string {
  let [result, end] = ["", 0];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from >= end) result += text.slice(end, from) + shown;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}

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
