/** What an action gets from a step: secrets from elsewhere, and files that are kept, in a real process. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeContext } from "../../runtime/context.ts";
import { hiding } from "../../runtime/redact.ts";
import { inStore } from "../../release/store.ts";
import { temporaryFolder } from "../support/context.ts";

function contextIn(store: string) {
  const spec = { step: "smoke-page", release: "v2", store };
  const around = { rollout: "2-abcdef", needs: {}, secrets: { NAMED: "the named one" }, previous: undefined };
  const said: string[] = [];
  const voice = { tell: (line: string) => void said.push(line), log: () => undefined, ...hiding([]) };
  const fencing = { number: 1, store: "x", ledger: { entry: 0, digest: "" } };
  const { signal } = new AbortController();
  const context = makeContext(spec, around, fencing, signal, voice);
  return { context, voice };
}

test("a secret that an action has looked up is in nothing that is written from then on", () => {
  const store = temporaryFolder();
  const { context, voice } = contextIn(store);
  const file = join(store, "token");
  writeFileSync(file, "the one in a file\n");
  expect([context.secret("NAMED"), context.secret({ file })]).toEqual(["the named one", "the one in a file"]);
  expect(voice.redact("the one in a file, and the named one")).toBe("[secret], and [secret]");
  expect(() => context.secret("OTHER")).toThrow("smoke-page: was not given the secret OTHER");
});

test("a file that is kept lies with the evidence of the rollout, without secrets", () => {
  const store = temporaryFolder();
  const { context } = contextIn(store);
  context.secret("NAMED");
  expect(context.keep("page.txt", "it says the named one")).toBe("files/smoke-page/page.txt");
  expect(context.keep("page.png", Buffer.from([1, 2]))).toBe("files/smoke-page/page.png");
  const folder = join(inStore.evidence(store, "2-abcdef"), "files/smoke-page");
  expect(readdirSync(folder).sort()).toEqual(["page.png", "page.txt"]);
  expect(readFileSync(join(folder, "page.txt"), "utf8")).toBe("it says [secret]");
});

test("programs are run without the secrets it has looked up in any message", async () => {
  const { context } = contextIn(temporaryFolder());
  context.secret("NAMED");
  const argv = [process.execPath, "-e", "process.exitCode = 3", "the named one"];
  expect(await context.run(argv, { cwd: "." })).toMatchObject({ exitCode: 3, isWhole: true });
  await expect(context.exec(argv, { cwd: "." })).rejects.toThrow("process.exitCode = 3 [secret]: failed (exit code 3)");
});
