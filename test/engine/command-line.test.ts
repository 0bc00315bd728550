import { expect, test } from "vitest";
import { parseFlags } from "../../engine/command-line.ts";

test("flags are read in the CLI's forms", () => {
  expect(
    parseFlags(["a", "-s", "dev", "--yes=true", "--json=false", "-r", "-c", "a=1", "-c", "b=2", "--", "-x"]),
  ).toEqual({
    args: ["a", "-x"],
    flags: { stack: "dev", yes: true, refresh: "true", config: ["a=1", "b=2"] },
  });
  expect(parseFlags(["--plaintext", "a=1", "--secret=b=2"], true).flags).toEqual({
    "plaintext-pair": ["a=1"],
    "secret-pair": ["b=2"],
  });
});

test("unknown flags are named, those of the CLI refused", () => {
  expect(() => parseFlags(["--no-such-flag"])).toThrow("unknown flag: --no-such-flag");
  expect(() => parseFlags(["--target", "x"])).toThrow("--target needs the Pulumi CLI");
  expect(() => parseFlags(["--continue-on-error"])).toThrow("--continue-on-error needs the Pulumi CLI");
});
