/** Which of a page's forms is meant: the one that is sent to this path, or the one with a field of this name. */
export interface Which {
  readonly action?: string;
  readonly field?: string;
}

/**
 * The hidden fields of a page's forms, CSRF tokens among them; of one form only where that is found. Forms carry fields
 * of their own (`_method`), which do harm in another one.
 */
export function hiddenFields(html: string, which: Which = {}): Record<string, string> {
  const inputs = inputsOf(formOf(html, which) ?? html);
  return Object.fromEntries(
    inputs
      .filter(({ type = "", name = "" }) => type.toLowerCase() === "hidden" && name !== "")
      .map(({ name = "", value = "" }) => [name, value]),
  );
}

function formOf(html: string, { action, field }: Which): string | undefined {
  const forms = html
    .split(/<form(?=[\s/>])/i)
    .slice(1)
    .map((text) => text.split(/<\/form/i, 1)[0] ?? "");
  return forms.find(
    (form) =>
      (action !== undefined && pathOf(attributesAt(form, 0).attributes.action ?? "") === pathOf(action)) ||
      (field !== undefined && inputsOf(form).some(({ name }) => name === field)),
  );
}

function pathOf(action: string): string | undefined {
  return URL.parse(action, "http://site")?.pathname;
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** Goes over the page once, whatever stands in it: a page without an end must not keep a check from its own. */
function inputsOf(html: string): Attributes[] {
  const inputs: Attributes[] = [];
  const tag = /<input(?=[\s/>])/gi;
  while (tag.test(html)) {
    const { attributes, end } = attributesAt(html, tag.lastIndex);
    inputs.push(attributes);
    tag.lastIndex = end;
  }
  return inputs;
}

function attributesAt(html: string, from: number): { attributes: Attributes; end: number } {
  const attribute = /[\s/]*([^\s=<>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/y;
  const attributes: Record<string, string> = {};
  let end = from;
  for (;;) {
    attribute.lastIndex = end;
    const match = attribute.exec(html);
    if (match === null) return { attributes, end };
    const [, name = "", double, single, bare] = match;
    attributes[name.toLowerCase()] ??= unescaped(double ?? single ?? bare ?? "");
    end = attribute.lastIndex;
  }
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#34": '"',
  "#39": "'",
  "#x27": "'",
};

/** Templates escape these and no others. */
const unescaped = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|apos|#34|#39|#x27);/gi,
    (whole, name: string) => entities[name.toLowerCase()] ?? whole,
  );
