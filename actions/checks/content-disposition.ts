/** What a Content-Disposition header says: how to show it, and under which name (RFC 6266). */
export interface Disposition {
  readonly type: string;
  readonly filename: string | undefined;
}

/** Reads the header. `filename*` (RFC 8187), which may have any letter, counts before `filename`. */
export function parseDisposition(header: string): Disposition {
  const parameters = new Map<string, string>();
  const parameter = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g;
  for (const [, name = "", quoted, token = ""] of header.matchAll(parameter))
    parameters.set(name.toLowerCase(), quoted === undefined ? token : quoted.replace(/\\(.)/g, "$1"));
  return {
    type: (header.split(";")[0] ?? "").trim().toLowerCase(),
    filename: extended(parameters.get("filename*")) ?? asUtf8(parameters.get("filename")),
  };
}

function extended(value: string | undefined): string | undefined {
  const [, charset = "", text = ""] = /^([\w-]+)'[^']*'(.*)$/.exec(value ?? "") ?? [];
  try {
    if (charset.toLowerCase() === "utf-8") return decodeURIComponent(text);
  } catch {
    return undefined;
  }
  return undefined;
}

/** Headers arrive byte by byte; what servers write into this one are mostly the bytes of UTF-8. */
function asUtf8(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = Buffer.from(value, "latin1").toString("utf8");
  return text.includes("\ufffd") ? value : text;
}
