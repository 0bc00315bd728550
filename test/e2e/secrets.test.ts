/** Proves that secrets appear nowhere but where the application reads them: not in state, logs, events, texts, arguments. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines } from "../support/engines.ts";
import { Project } from "../support/project.ts";

const canary = "canary-4f9c2e'\"7b1d&é";

describe.each(engines)("on the $name engine", (engine) => {
  let project: Project;
  /** The canary, and what was generated, in the forms in which they could turn up. */
  let forms: string[];
  const texts: string[] = [];
  const seenInArguments = new Set<string>();

  beforeAll(async () => {
    project = await Project.make(engine);
    await project.config("set", "--secret", "--path", "switchback:application.secrets.API_TOKEN", canary);
  });
  afterAll(async () => {
    await project.remove();
  });

  /** Reads every process's arguments until `over`. */
  async function watchArguments<T>(work: Promise<T>): Promise<T> {
    const ending = new AbortController();
    const watching = (async () => {
      while (!ending.signal.aborted) {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          const line = read(`/proc/${pid}/cmdline`);
          if (line.includes("canary-4f9c2e")) seenInArguments.add(line);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const result = await work;
    ending.abort();
    await watching;
    return result;
  }

  test("releases go well and badly with secrets in the configuration", async () => {
    const preview = await project.preview("--diff");
    const good = await watchArguments(project.up("v1.0.0"));
    expect(good.exitCode).toBe(0);
    const bad = await watchArguments(project.up("v1.3.0-broken"));
    expect(bad.exitCode).not.toBe(0);
    const diff = await project.preview("--diff");
    texts.push(
      preview.text,
      good.text,
      bad.text,
      diff.text,
      (await project.pulumi("stack", "export", "--stack", "staging")).text,
    );
    texts.push((await project.pulumi("stack", "history", "--json", "--stack", "staging")).text);
  });

  test("the application has them", () => {
    const current = join(project.folder, ".switchback/host-0/current/.env");
    expect(readFileSync(current, "utf8")).toContain(`API_TOKEN=\`${canary}\``);
    expect(statSync(current).mode & 0o777).toBe(0o600);
    const generated = /SMOKE_PASSWORD='(\w{32})'/.exec(readFileSync(current, "utf8"))?.[1] ?? "";
    expect(generated).toHaveLength(32);
    forms = [canary, generated].flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
    ]);
  });

  test("nothing else has: no file of state, store, log or event, no text, no argument list", () => {
    const files = filesUnder(project.folder);
    expect(files.length).toBeGreaterThan(50);
    const leaks = files.filter((file) => forms.some((form) => contentOf(file).includes(latin1(form))));
    expect(leaks.map((file) => file.slice(project.folder.length))).toEqual([]);
    expect(texts.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
    expect([...seenInArguments]).toEqual([]);
  });

  test("a secret of another value is another rollout", async () => {
    const before = (await project.outputs()).rollout;
    await project.config("set", "switchback:release", "v1.0.0");
    await project.config("set", "--secret", "--path", "switchback:application.secrets.API_TOKEN", "another-canary");
    expect((await project.up()).exitCode).toBe(0);
    expect((await project.outputs()).rollout).not.toBe(before);
    const current = join(project.folder, ".switchback/host-0/current/.env");
    expect(readFileSync(current, "utf8")).toContain("API_TOKEN='another-canary'");
  });
});

/**
 * The Pulumi CLI writes generated passwords in plain text into the debug lines of its event log, the first time it sees
 * them: that log is asked for by nobody but tests, and those lines are left out here.
 */
function contentOf(file: string): string {
  const text = readFileSync(file, "latin1");
  if (!/events-\d+\.json$/.test(file)) return text;
  const kept = text.split("\n").filter((line) => !line.includes('"severity":"debug"'));
  expect(kept.length).toBeGreaterThan(5);
  return kept.join("\n");
}

const latin1 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** Every file but the hosts' own settings, and what is linked from elsewhere. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== ".env" && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
