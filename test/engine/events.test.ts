import { expect, test } from "vitest";
import { Events, Masker, stepMetadata } from "../../engine/events.ts";
import { secret } from "../../engine/property-value.ts";
import type { EngineEvent } from "../../engine/events.ts";

test("states in events have their secrets masked", () => {
  const old = { urn: "urn:pulumi:dev::case::t::a", custom: true, type: "t", id: "i", inputs: { a: secret("tok") } };
  const diff = { changed: true, changedKeys: ["a"], replaceKeys: [], detailed: { a: "update" as const } };
  const metadata = stepMetadata({ op: "update", old, next: old, diff });
  expect(JSON.stringify(metadata)).not.toContain("tok");
  expect(metadata).toMatchObject({
    op: "update",
    diffs: ["a"],
    detailedDiff: { a: { diffKind: "update", inputDiff: true } },
  });
  expect(metadata).not.toHaveProperty("keys");
});

test("known secrets and colours are taken out of messages, very short texts are left", () => {
  const seen: EngineEvent[] = [];
  const events = new Events([{ event: (event) => seen.push(event), close: () => Promise.resolve() }]);
  events.masker.add(["token", "tokens", "x"]);
  events.diagnostic("error", "\u001b[31mtokens and token\u001b[0m x", "urn");
  expect(seen[0]?.diagnosticEvent).toEqual({
    urn: "urn",
    prefix: "error: ",
    message: "[secret] and [secret] x\n",
    color: "never",
    severity: "error",
  });
  expect(new Masker().mask("open")).toBe("open");
});

test("secrets are found escaped as in JSON, and line by line", () => {
  const masker = new Masker();
  masker.add(['say "it"', "-----BEGIN KEY-----\nabc\n0123456789abcdef\n"]);
  expect(masker.mask(JSON.stringify({ said: 'say "it"' }))).toBe('{"said":"[secret]"}');
  expect(masker.mask("read 0123456789abcdef and abc")).toBe("read [secret] and abc");
});
