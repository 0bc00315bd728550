/** One line of a metrics page: `http_requests_total{code="200",method="get"} 1027`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Name, labels, value, and perhaps a time, and behind a `#` the example that OpenMetrics allows. */
const line = /^([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}\s*|\s)(\S+)(?:\s+-?[\d.]+)?(?:\s+#.*)?$/;
const label = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * Reads the Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/), also as OpenMetrics
 * writes it. What is no sample is left out: comments, types, and lines that are damaged.
 */
export function readMetrics(text: string): Sample[] {
  return text.split("\n").flatMap((given) => {
    const trimmed = given.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const [, name, inside, value] = line.exec(trimmed) ?? [];
    const labels = readLabels(inside ?? "");
    const number = Number(value);
    return name === undefined || labels === undefined || !Number.isFinite(number)
      ? []
      : [{ name, labels, value: number }];
  });
}

/** Undefined for what are no labels. */
function readLabels(text: string): Record<string, string> | undefined {
  const labels: [string, string][] = [];
  for (label.lastIndex = 0; label.lastIndex < text.trimEnd().length;) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) return undefined;
    labels.push([name, value.replaceAll(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one))]);
  }
  return Object.fromEntries(labels);
}

/** Which samples are meant: a name, and what its labels must match, each as a whole. */
export interface Selector {
  readonly metric: string;
  /** Regular expressions by the label's name. A label that is not there is empty. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The sum of all samples that are meant; undefined when there is none. */
export function total(samples: readonly Sample[], { metric, labels }: Selector): number | undefined {
  const matchers = Object.entries(labels).map(([name, pattern]) => [name, new RegExp(`^(?:${pattern})$`)] as const);
  const meant = samples.filter(
    (sample) => sample.name === metric && matchers.every(([name, pattern]) => pattern.test(sample.labels[name] ?? "")),
  );
  return meant.length === 0 ? undefined : meant.reduce((whole, { value }) => whole + value, 0);
}
