/** One page of text as PDF 1.4, in one of the fonts that every reader brings along. */
export function pdf(title: string, lines: readonly string[]): Buffer {
  const text = lines.map((line) => `(${escaped(line)}) Tj T*`).join("\n");
  const content = `BT\n/F1 18 Tf\n56 770 Td\n(${escaped(title)}) Tj\n/F1 11 Tf\n16 TL\n0 -34 Td\n${text}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${Buffer.byteLength(content, "latin1")} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ].map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`);
  const header = "%PDF-1.4\n";
  const offsets = objects.map((_, index) => header.length + objects.slice(0, index).join("").length);
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const start = header.length + objects.join("").length;
  const trailer = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(`${header}${objects.join("")}${trailer}`, "latin1");
}

/** The font has the letters of Western Europe; others lose their accents, or become a question mark. */
function escaped(line: string): string {
  return line
    .normalize("NFC")
    .replaceAll(/./gu, letter)
    .replaceAll(/[\\()]/g, "\\$&");
}

function letter(character: string): string {
  if (/^[\x20-\x7e\xa0-\xff]$/.test(character)) return character;
  const [base = ""] = character.normalize("NFD");
  return /^[\x20-\x7e]$/.test(base) ? base : "?";
}
