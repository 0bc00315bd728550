/** Files by their first bytes. */
import { expect, test } from "vitest";
import { beginningOf, isOfKind, kinds } from "../../../actions/checks/magic.ts";

test("each kind is told from the others", () => {
  const files = {
    pdf: Buffer.from("%PDF-1.7\n"),
    png: Buffer.from("\x89PNG\r\n\x1a\n\0", "latin1"),
    jpeg: Buffer.from("\xff\xd8\xff\xe0", "latin1"),
    zip: Buffer.from("PK\x03\x04\0"),
  };
  for (const kind of kinds) expect(kinds.filter((other) => isOfKind(files[kind], other))).toEqual([kind]);
});

test("a kind may be written as its bytes, and a file that is shorter is not of it", () => {
  expect(beginningOf("504B")).toEqual(Buffer.from("PK"));
  expect([isOfKind(Buffer.from("PKZ"), "504b"), isOfKind(Buffer.from("P"), "504b")]).toEqual([true, false]);
});
