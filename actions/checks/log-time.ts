/** How times without a zone are meant. */
export type Zone = "utc" | "local";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const clock = String.raw`(\d\d:\d\d:\d\d)`;
/** `2026-11-21T20:00:59.123Z`, `[2026-11-21 20:00:59]`, `2026/11/21 20:00:59`. */
const iso = new RegExp(String.raw`(\d{4})[-/](\d\d)[-/](\d\d)[T ]${clock}(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?`);
/** `[21/Nov/2026:20:00:59 +0000]` of web servers, `[21-Nov-2026 20:00:59 UTC]` of PHP. */
const named = new RegExp(String.raw`\[(\d\d)[-/](\w{3})[-/](\d{4})[: ]${clock}(?: (UTC|[+-]\d{4}))?`);
/** `Nov 21 20:00:59` of syslog. */
const syslog = new RegExp(String.raw`^(\w{3})\s+(\d{1,2}) ${clock}`);
/** A time further on belongs to what the line says. */
const furthest = 120;

/** When a line of plain text was logged, by the time at its beginning, in milliseconds; undefined without one. */
export function timeOfText(line: string, zone: Zone, now = Date.now()): number | undefined {
  const head = line.slice(0, furthest);
  // What is indented goes on with the line before.
  if (/^\s/.test(head)) return undefined;
  const [, year, month, day, time, fraction, offset] = iso.exec(head) ?? [];
  if (year !== undefined)
    return parse(year, month, day, `${time ?? ""}.${(fraction ?? "0").slice(0, 3)}`, offset, zone);
  const [, dayOf, name, yearOf, timeOf, offsetOf] = named.exec(head) ?? [];
  if (name !== undefined) return parse(yearOf, monthOf(name), dayOf, timeOf, offsetOf?.replace("UTC", "Z"), zone);
  const [, short, date, at] = syslog.exec(head) ?? [];
  if (short === undefined) return undefined;
  const thisYear = new Date(now).getUTCFullYear();
  const [so, before] = [thisYear, thisYear - 1].map((one) =>
    parse(String(one), monthOf(short), date?.padStart(2, "0"), at, undefined, zone),
  );
  return so !== undefined && so > now + 86_400_000 ? before : so;
}

/** The same of a structured line: by its usual fields, as text, or as seconds or milliseconds since 1970. */
export function timeOfEntry(entry: Readonly<Record<string, unknown>>, zone: Zone): number | undefined {
  for (const field of ["time", "timestamp", "@timestamp", "ts", "datetime", "date", "asctime"]) {
    const value = entry[field];
    // Nobody logs milliseconds of the year 1970, or seconds of the year 5138.
    if (typeof value === "number") return value < 100_000_000_000 ? value * 1000 : value;
    const time = typeof value === "string" ? timeOfText(value, zone) : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

function monthOf(name: string): string | undefined {
  const index = months.indexOf(name.toLowerCase());
  return index < 0 ? undefined : String(index + 1).padStart(2, "0");
}

function parse(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: string | undefined,
  offset: string | undefined,
  zone: Zone,
): number | undefined {
  const suffix = offset?.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2") ?? (zone === "utc" ? "Z" : "");
  const parsed = Date.parse(`${year ?? ""}-${month ?? ""}-${day ?? ""}T${time ?? ""}${suffix}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
