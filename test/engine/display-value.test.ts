import { expect, test } from "vitest";
import { renderProperties } from "../../engine/display-value.ts";
import { sealedSecret, unknown } from "../../engine/property-value.ts";

const render = (
  olds: Parameters<typeof renderProperties>[0],
  news: Parameters<typeof renderProperties>[1],
  showSames = false,
) => renderProperties(olds, news, { showSames }).join("\n");

test("one side is shown whole, keys aligned", () => {
  expect(render(undefined, { b: [1, { c: true }], long: "x", s: sealedSecret("[secret]"), u: unknown, e: {} })).toBe(
    `    b   : [
        [0]: 1
        [1]: {
            c: true
        }
    ]
    e   : {}
    long: "x"
    s   : [secret]
    u   : [unknown]`,
  );
});

test("of two sides only what differs is shown, JSON text as what it stands for", () => {
  const stdin = (release: string): string => JSON.stringify({ release, nested: { a: [1] } });
  expect(render({ stdin: stdin("1"), same: 1, gone: 2 }, { stdin: stdin("2"), same: 1, come: 3 })).toBe(
    `  + come : 3
  - gone : 2
  ~ stdin: (json) {
        nested : {
            a: [
                [0]: 1
            ]
        }
      ~ release: "1" => "2"
    }`,
  );
});

test("of a long text only the lines that differ are shown", () => {
  expect(render({ s: "a\nb\nc\nd\ne" }, { s: "a\nb\nX\nd\ne" })).toBe(
    `  ~ s:
        ...
      - c
      + X
        ...`,
  );
});
