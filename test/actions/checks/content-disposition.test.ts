/** Names of downloads as servers write them. */
import { expect, test } from "vitest";
import { parseDisposition } from "../../../actions/checks/content-disposition.ts";

const utf8Bytes = Buffer.from("Übersicht.pdf").toString("latin1");

test.each([
  ["attachment", "attachment", undefined],
  ["INLINE; filename=a.pdf", "inline", "a.pdf"],
  ['attachment; filename="a b; c.pdf"', "attachment", "a b; c.pdf"],
  ['attachment; filename="say \\"hi\\".txt"', "attachment", 'say "hi".txt'],
  ["attachment; filename=\"u.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf", "attachment", "Übersicht.pdf"],
  ["attachment; filename*=utf-8'de'%C3%9C.pdf; filename=u.pdf", "attachment", "Ü.pdf"],
  ["attachment; filename*=UTF-8''%E0%A4%A; filename=u.pdf", "attachment", "u.pdf"],
  ["attachment; filename*=iso-8859-1''%DC.pdf", "attachment", undefined],
  [`attachment; filename="${utf8Bytes}"`, "attachment", "Übersicht.pdf"],
  ['attachment; filename="caf\xe9.pdf"', "attachment", "caf\xe9.pdf"],
  ["", "", undefined],
])("%s", (header, type, filename) => {
  expect(parseDisposition(header)).toEqual({ type, filename });
});
