/** The sample's checks have the names that its table of broken releases uses, and its README shows that table. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSecrets, smokeChecks } from "../../../examples/parcel/checks.ts";
import { mutationTable, mutations } from "../../../examples/parcel/mutations.ts";
import { repository } from "../../support/engines.ts";

const checks = smokeChecks({
  ...{ address: "http://127.0.0.1:1", release: "v1.1.0", commit: "0".repeat(40), before: "v1.0.0" },
  ...{ directory: "host", database: "database.sqlite", timeoutSeconds: 7 },
});
const names = Object.keys(checks);

test("every check sees a release that is broken on purpose, but for what none of them breaks", () => {
  const seeing = new Set(mutations.flatMap(({ seenBy, also = {} }) => [seenBy, ...Object.keys(also)]));
  expect([...seeing].filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !seeing.has(name))).toEqual(["page"]);
});

test("the README shows which check sees what", () => {
  expect(readFileSync(join(repository, "examples/parcel/README.md"), "utf8")).toContain(mutationTable);
});

test("what is asked about is the release, and no path is of this machine", () => {
  const text = JSON.stringify(checks);
  expect(checks.version.args).toMatchObject({ release: "v1.1.0", commit: "0".repeat(40), timeoutSeconds: 7 });
  expect(checks.contract.args).toMatchObject({ before: "v1.0.0" });
  expect(text).not.toContain(repository);
  expect(checkSecrets.every((name) => text.includes(`"${name}"`))).toBe(true);
});
