/**
 * The beginning of a text, so much of it that it takes no more than `bytes` in a receipt's JSON. Receipts are outputs of
 * resources and variables of later steps: a step that has changed the world must not fail over a long one.
 */
export function shorten(text: string, bytes: number): string {
  if (sizeOf(text) <= bytes) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (sizeOf(text.slice(0, middle)) <= bytes - sizeOf(mark)) fits = middle;
    else tooLong = middle;
  }
  return text.slice(0, fits).toWellFormed() + mark;
}

const mark = " ...";

const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;
