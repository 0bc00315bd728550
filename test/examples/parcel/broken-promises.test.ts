/** Each release that is broken on purpose breaks the promise that it is named after, and no other. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenReleases } from "../../../examples/parcel/broken-releases.ts";
import { makeRepository } from "../../../examples/parcel/repository.ts";
import { logs, milliseconds, promises, signedIn } from "./promises.ts";
import { startAlone } from "./release-alone.ts";

const folder = mkdtempSync(join(tmpdir(), "parcel-promises-"));
const repository = join(folder, "repository");

beforeAll(() => makeRepository(repository));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function brokenBy(tag: string): Promise<string[]> {
  const release = await startAlone(folder, repository, tag);
  try {
    const took = await milliseconds(release);
    const staff = await signedIn(release);
    const asked = Object.entries(promises).map(async ([name, isKept]) => {
      const kept = await (async () => isKept(release, staff))().catch(() => false);
      return kept ? [] : [name];
    });
    const broken = (await Promise.all(asked)).flat();
    const speed = took > 1_200 ? ["slow"] : took > 350 ? ["not so slow"] : [];
    return [...speed, ...broken, ...(logs(release) ? [] : ["logs"])];
  } finally {
    await release.end();
  }
}

test("v1.0.0 keeps them all", { timeout: 60_000 }, async () => {
  expect(await brokenBy("v1.0.0")).toEqual([]);
});

test.for(brokenReleases.map(({ tag }) => tag))("%s", { timeout: 60_000 }, async (tag) => {
  expect(await brokenBy(tag)).toEqual([tag === "warn-slow" ? "not so slow" : tag.replace("broken-", "")]);
});
