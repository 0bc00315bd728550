/** Each release that is broken on purpose is seen by the check of the pipeline that is meant to see it, and by no other but
 * those that the table names. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import limited from "p-limit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrowser } from "../../../actions/checks/browser.ts";
import { brokenReleases } from "../../../examples/parcel/broken-releases.ts";
import { mutations } from "../../../examples/parcel/mutations.ts";
import { makeRepository } from "../../../examples/parcel/repository.ts";
import { type Asked, askAll, secretsIn } from "./ask-release.ts";
import { startAlone } from "./release-alone.ts";

const folder = mkdtempSync(join(tmpdir(), "parcel-mutations-"));
const repository = join(folder, "repository");
const store = join(folder, "store");
const without = hasBrowser() ? [] : ["browser"];
/** Where time is short, only so many of them, spread over the table; each of the others is skipped by its name. */
const most = Number(process.env.SWITCHBACK_MUTATIONS ?? mutations.length);
const isWanted = (index: number): boolean => index % Math.ceil(mutations.length / most) === 0;
const minutes = { timeout: 600_000 };

function hasBrowser(): boolean {
  try {
    return findBrowser() !== "";
  } catch {
    return false;
  }
}

/** A browser takes seconds: it looks at the healthy release, and at those that change something it could see. */
function withoutFor(tag: string): readonly string[] {
  const changed = brokenReleases.find((release) => release.tag === tag)?.commits.flatMap(({ writes }) => writes);
  const isSeen = changed?.some((file) => /^(pages|public)\/|(answers|entrance)\.ts$/.test(file)) ?? true;
  const isMeant = mutations.some((one) => one.tag === tag && one.seenBy === "browser");
  return isSeen || isMeant ? without : ["browser"];
}

/** Starts a release, and asks every check about it so often. */
async function ask(tag: string, before: string, times = 1): Promise<Asked[]> {
  const release = await startAlone(folder, repository, tag);
  const all: Asked[] = [];
  try {
    while (all.length < times) all.push(await askAll(release, { tag, before, store, without: withoutFor(tag) }));
  } finally {
    await release.end();
  }
  return all;
}

const words = ({ verdicts }: Asked, ...wanted: string[]): string[] =>
  Object.entries(verdicts).flatMap(([name, { verdict, seen }]) =>
    wanted.includes(verdict) ? [`${name} ${verdict}: ${seen}`] : [],
  );

const asked = new Map<string, Promise<readonly Asked[]>>();
let first: readonly Asked[];
beforeAll(async () => {
  await makeRepository(repository);
  first = await ask("v1.0.0", "none", 3);
  // Two cores have no use for more at once.
  const bounded = limited(2);
  for (const { tag } of mutations.filter((_, index) => isWanted(index))) {
    const one = bounded(() => ask(tag, "v1.0.0"));
    // A release that cannot be asked is its own test's business.
    one.catch(() => undefined);
    asked.set(tag, one);
  }
}, minutes.timeout);
afterAll(async () => {
  await Promise.allSettled(asked.values());
  rmSync(folder, { recursive: true, force: true });
}, minutes.timeout);

test("the table is about every release that is broken on purpose", () => {
  expect(mutations.map(({ tag }) => tag).sort()).toEqual(brokenReleases.map(({ tag }) => tag).sort());
});

test("v1.0.0 passes every check, three times in a row", () => {
  expect(first.map((one) => words(one, "fail", "warn", "unknown"))).toEqual([[], [], []]);
});

test.for(mutations)("$tag: $seenBy", minutes, async ({ tag, seenBy, also = {} }, { skip }) => {
  skip(without.includes(seenBy), "there is no Chromium");
  const question = asked.get(tag);
  if (question === undefined) return skip("SWITCHBACK_MUTATIONS asks for fewer");
  const [one] = await question;
  if (one === undefined) throw new Error("it was not asked");
  const found = Object.entries(one.verdicts).flatMap(([name, { verdict }]) => (verdict === "fail" ? [name] : []));
  const expected = tag === "warn-slow" ? [] : [seenBy, ...Object.keys(also)];
  expect(found.sort(), words(one, "fail", "warn").join("\n")).toEqual(expected.sort());
  expect(words(one, "unknown")).toEqual([]);
  if (tag === "warn-slow") expect(one.verdicts[seenBy]?.verdict).toBe("warn");
});

test("nothing that was said or kept holds a secret", minutes, async () => {
  const all = [...first, ...(await Promise.all(asked.values())).flat()];
  expect(all.length).toBe(asked.size + 3);
  expect(all.flatMap(({ said }) => secretsIn(said))).toEqual([]);
  expect(all.every(({ said }) => said.length > 1000)).toBe(true);
});
