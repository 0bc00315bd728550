/** The fields of a form with files, as browsers send it (RFC 7578); undefined when it is none. */
export function readParts(body: Buffer, contentType: string): Record<string, string | File> | undefined {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return undefined;
  // The first one has no line end before it.
  const pieces = split(Buffer.concat([Buffer.from("\r\n"), body]), Buffer.from(`\r\n--${boundary}`));
  const last = pieces.pop();
  if (pieces.length === 0 || !last?.subarray(0, 2).equals(Buffer.from("--"))) return undefined;
  const fields = pieces.slice(1).map(fieldOf);
  return fields.includes(undefined) ? undefined : Object.fromEntries(fields.filter((field) => field !== undefined));
}

function fieldOf(piece: Buffer): [string, string | File] | undefined {
  const end = piece.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = piece.subarray(0, end).toString();
  const content = piece.subarray(end + 4);
  const [, name] = /^content-disposition: form-data;.*? name="([^"]*)"/im.exec(head) ?? [];
  const [, filename] = /^content-disposition: .*; filename="([^"]*)"/im.exec(head) ?? [];
  const [, type = "application/octet-stream"] = /^content-type: (\S+)/im.exec(head) ?? [];
  if (name === undefined) return undefined;
  return [name, filename === undefined ? content.toString() : new File([new Uint8Array(content)], filename, { type })];
}

function split(buffer: Buffer, separator: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let found = buffer.indexOf(separator); found !== -1; found = buffer.indexOf(separator, start)) {
    pieces.push(buffer.subarray(start, found));
    start = found + separator.length;
  }
  return [...pieces, buffer.subarray(start)];
}
