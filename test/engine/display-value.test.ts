import { expect, test } from "vitest";
import { renderProperties } from "../../engine/display-value.ts";
import { secret, unknown } from "../../engine/property-value.ts";

const render = (
  olds: Parameters<typeof renderProperties>[0],
  news: Parameters<typeof renderProperties>[1],
  showSames = false,
) => renderProperties(olds, news, showSames).join("\n");

test("one side is shown whole, keys aligned", () => {
  expect(render(undefined, { b: [1, { c: true }], long: "x\ny", s: secret(1), u: unknown, e: {}, __d: 1 })).toBe(
    `    b   : [
        [0]: 1
        [1]: {
            c: true
        }
    ]
    e   : {}
    long: "x\\ny"
    s   : [secret]
    u   : [unknown]`,
  );
});

test("of two sides only what differs is shown, JSON text as what it stands for", () => {
  const stdin = (release: string): string => JSON.stringify({ release, nested: { a: [1] } });
  expect(
    render(
      { stdin: stdin("1"), same: 1, gone: 2, s: "a\nb" },
      { stdin: stdin("2"), same: 1, come: { n: [3] }, s: unknown },
    ),
  ).toBe(
    `  + come : {
      + n: [
          + [0]: 3
        ]
    }
  - gone : 2
  ~ s    : "a\\nb" => [unknown]
  ~ stdin: (json) {
      ~ release: "1" => "2"
    }`,
  );
  expect(render({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }, true)).toBe(
    "    a: 1\n  ~ b: {\n      ~ c: 2 => 3\n    }",
  );
});

test("a secret that changed is said to have", () => {
  expect(render({ a: secret("x"), b: 1 }, { a: secret("y"), b: 1 })).toBe("  ~ a: [secret] => [secret]");
});
