/** The hidden fields of a page's forms, CSRF tokens among them. */
export function hiddenFields(html: string): Record<string, string> {
  const inputs = html.match(/<input\b[^>]*>/gi) ?? [];
  return Object.fromEntries(
    inputs
      .filter((input) => attribute(input, "type").toLowerCase() === "hidden")
      .map((input) => [attribute(input, "name"), attribute(input, "value")]),
  );
}

function attribute(tag: string, name: string): string {
  const [, double, single, bare] = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(tag) ?? [];
  return unescaped(double ?? single ?? bare ?? "");
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
  "#x27": "'",
};

/** Templates escape these and no others. */
const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|#39|#x27);/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole);
