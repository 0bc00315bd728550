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
