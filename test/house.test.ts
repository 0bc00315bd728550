/** Proves that the house rules hold: what may use what, how long files are, and that every source file has its test. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./support/engines.ts";
import { tracked } from "./support/sources.ts";

const files = tracked();
const rooms = ["actions", "cli", "components", "engine", "release", "report", "runtime", "testing"];
const roomOf = (file: string): string => file.split("/")[0] ?? "";
const sources = files.filter((file) => rooms.includes(roomOf(file)) && file.endsWith(".ts"));
const text = (file: string): string => readFileSync(join(repository, file), "utf8");

/** Files of ours that a file loads, types left out: they are gone when it runs. */
function importsOf(file: string): string[] {
  const froms = [...text(file).matchAll(/^(?:import|export) (?!type)[^;]*? from "(\.[^"]+)"/gms)].map(
    (match) => match[1] ?? "",
  );
  return froms.map((from) => relative(repository, join(repository, dirname(file), from)));
}

test("there are sources to look at", () => {
  expect(sources.length).toBeGreaterThan(80);
});

test("every source file has a test at the matching path", () => {
  const wiring =
    /^(components\/(activation|backup|build|certification|environment|no-backup|preflight|prepare|question|rehearsal|release-pipeline|review|rollout|schema|servers|sign-off|smoke|sql-files|sqlite)|cli\/main)\.ts$/;
  const untested = sources.filter(
    (file) => !wiring.test(file) && !existsSync(join(repository, "test", file.replace(/\.ts$/, ".test.ts"))),
  );
  expect(untested).toEqual([]);
});

test("nothing is longer than 250 lines, no test longer than 300", () => {
  const limit = (file: string): number => (roomOf(file) === "test" ? 300 : 250);
  const long = files.filter((file) => /\.(ts|mjs|sh)$/.test(file) && text(file).split("\n").length > limit(file) + 1);
  expect(long).toEqual([]);
});

test("the embedded engine stays small", () => {
  const lines = sources.filter((file) => roomOf(file) === "engine").flatMap((file) => text(file).split("\n"));
  const code = lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
  expect(code.length).toBeGreaterThan(1000);
  expect(code.length).toBeLessThanOrEqual(2850);
});

test("each room uses only what it may", () => {
  const mayUse: Record<string, readonly string[]> = {
    release: ["release"],
    actions: ["actions", "release"],
    runtime: ["runtime", "actions", "release"],
    components: ["components", "actions", "release", "runtime"],
    report: ["report", "runtime", "release"],
    engine: ["engine"],
    testing: ["testing", "actions", "release", "runtime"],
  };
  const wrong = sources.flatMap((file) => {
    const allowed = mayUse[roomOf(file)];
    return allowed === undefined
      ? []
      : importsOf(file)
          .filter((used) => !allowed.includes(roomOf(used)))
          .map((used) => `${file} uses ${used}`);
  });
  expect(wrong).toEqual([]);
});

test("actions and decisions know nothing of Pulumi", () => {
  const knowing = sources.filter(
    (file) => ["actions", "release", "runtime"].includes(roomOf(file)) && text(file).includes('from "@pulumi'),
  );
  expect(knowing).toEqual([]);
});

test("nothing is left lying about", () => {
  const house = "test/house.test.ts";
  const left = files.filter(
    (file) =>
      /\.(ts|mjs|sh)$/.test(file) &&
      file !== house &&
      /TODO|FIXME|XXX|@ts-ignore|@ts-expect-error|eslint-disable|\.only\(/.test(text(file)),
  );
  expect(left).toEqual([]);
});

test("what a preview loads leaves out what only a step needs", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context);
      if (!context.parentURL?.includes("/node_modules/")) loaded.add(found.url); return found; } });
    await import("./index.ts").catch(() => undefined);
    const has = (name) => [...loaded].some((url) => url.includes("/node_modules/" + name + "/") || url === "node:" + name);
    console.log(JSON.stringify(["@pulumi/pulumi", "zod", "@pulumi/aws", "execa", "tar", "sqlite"].filter(has)));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(JSON.parse(printed)).toEqual(["@pulumi/pulumi", "zod"]);
});

test("what a step loads leaves out Pulumi, zod and all that its action does not use", () => {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context); console.log(found.url); return found; } });
    await import("./runtime/perform.ts");
    await import("./actions/checks/http.ts");`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: repository,
    encoding: "utf8",
  });
  expect(printed).toContain("actions/checks/http.ts");
  expect(printed.split("\n").filter((url) => url.includes("/node_modules/"))).toEqual([]);
});
