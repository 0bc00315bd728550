/** Hidden fields as pages write them. */
import { expect, test } from "vitest";
import { hiddenFields } from "../../../actions/checks/form.ts";

test("hidden fields are found in whatever quotes and order, and others are not", () => {
  const html = `<form><input type="hidden" name="a" value="1"><INPUT VALUE='2' NAME='b' TYPE='HIDDEN'/>
    <input name=c type=hidden value=3><input
      type="hidden" name="empty"><input type="text" name="shown" value="4"><input data-name="x" name="bare"></form>`;
  expect(hiddenFields(html)).toEqual({ a: "1", b: "2", c: "3", empty: "" });
});

test("what a template has escaped is sent as it was", () => {
  const html = `<input type="hidden" name="token" value="a&amp;b&quot;c&#39;d&lt;e&gt;f&amp;lt;">`;
  expect(hiddenFields(html)).toEqual({ token: `a&b"c'd<e>f&lt;` });
});

test("of several forms the one that is meant gives its fields, and all of them where it is not found", () => {
  const html = `<input type=hidden name=csrf value=page>
    <form action="/orders/5?a=1" method=post><input type=hidden name=_method value=DELETE></form>
    <FORM action="http://elsewhere/login"><input type=hidden name=csrf value=login><input name=pass></FORM>
    <form><input type=hidden name=csrf value=last>`;
  expect(hiddenFields(html, { action: "/orders/5" })).toEqual({ _method: "DELETE" });
  expect(hiddenFields(html, { action: "/login" })).toEqual({ csrf: "login" });
  expect(hiddenFields(html, { field: "pass" })).toEqual({ csrf: "login" });
  expect(hiddenFields(html, { action: "/none" })).toEqual({ csrf: "last", _method: "DELETE" });
});

test("attributes are read as attributes, not as what looks like one", () => {
  const html = `<input type="hidden" title="a name=b <x>" name="c" disabled value='it is "d"'/><inputs type=hidden name=e>`;
  expect(hiddenFields(html)).toEqual({ c: 'it is "d"' });
});

test.each([
  ["inputs without an end", "<input "],
  ["forms without an end", "<form "],
  ["quotes without an end", "<input a=\"<input b='"],
  ["attributes without an end", "<input a= "],
  ["blanks", `<input ${" ".repeat(1000)}`],
])("a large page of %s is read in no time", (_, part) => {
  const html = part.repeat(2_000_000 / part.length);
  const began = performance.now();
  hiddenFields(html, { action: "/a" });
  expect(performance.now() - began).toBeLessThan(3000);
});
