/** Proves that what the documentation says is so: its tables are those of the code, and its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { checksPage } from "../scripts/checks-page.ts";
import { configurationPage } from "../scripts/configuration-page.ts";
import { crashPage, pageOf } from "./support/crash-page.ts";
import { repository } from "./support/engines.ts";

const pages = [
  "README.md",
  "CHANGELOG.md",
  "examples/parcel/README.md",
  ...readdirSync(join(repository, "docs")).map((name) => `docs/${name}`),
];
const read = (file: string): string => readFileSync(join(repository, file), "utf8");

test("the page about configuration is the schema's (scripts/configuration-page.ts writes it)", () => {
  expect(read("docs/configuration.md")).toBe(configurationPage());
});

test("the page about checks is that of the checks (scripts/checks-page.ts writes it), and explains every argument", async () => {
  const page = await checksPage();
  expect(read("docs/checks.md")).toBe(page);
  expect(page.split("\n").filter((line) => /^\| `[^`]*` \|\s*\|/.test(line) || line.startsWith("| ``"))).toEqual([]);
});

test.for(["embedded", "pulumi"] as const)(
  "the crash matrix on the engine %s has every cell, and in none of them anything was left wrong (scripts/crash-matrix.ts writes it)",
  (engine) => {
    const page = read(join("docs", pageOf[engine]));
    const tables = page.split("\n").filter((line) => line.startsWith("|"));
    const asked = tables.map((line) => line.replaceAll(/ ((?:✓|\(✓\)) [soa]′?|–) /g, " ? "));
    expect(asked).toEqual(
      crashPage(engine, new Map())
        .split("\n")
        .filter((line) => line.startsWith("|")),
    );
    const count = (mark: RegExp): number => tables.join("\n").match(mark)?.length ?? 0;
    const said = (words: RegExp): number => Number(words.exec(page)?.[1] ?? 0);
    expect([count(/ (✓|\(✓\)) /g), count(/ ✓ /g), count(/ \? /g)]).toEqual([
      said(/^(\d+) rollouts were really cut off/m),
      said(/In (\d+) of them\s+effects were counted/),
      said(/(\d+) cells were not run yet/),
    ]);
  },
);

test.for(pages)("every link of %s leads somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1] ?? "")
    .filter((link) => !link.includes("://"));
  expect(links.filter((link) => !existsSync(join(repository, dirname(page), link)))).toEqual([]);
});

test("the example of docs/testing.md is one that runs with all tests", () => {
  const [, file = "", text] = /<!-- example: (\S+) -->\n```ts\n(.*?)```/s.exec(read("docs/testing.md")) ?? [];
  expect(text).toBe(read(file));
  expect(read("vitest.config.ts")).toContain("examples/**/*.test.ts");
});
