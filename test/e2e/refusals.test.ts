/** Proves that bad input gets one clear message: where, what is wrong, what to do. No stack trace, nothing changed. */
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Case, configurations, replace } from "../support/bad-configurations.ts";
import { embedded } from "../support/engines.ts";
import { Project, type Run } from "../support/project.ts";

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.test", ...args], {
    encoding: "utf8",
  });

const surroundings: Case[] = [
  {
    title: "no repository",
    spoil: (project) => {
      const path = join(project.folder, ".switchback/parcel");
      renameSync(path, `${path}.away`);
      return () => {
        renameSync(`${path}.away`, path);
      };
    },
    says: ["source.repository: .switchback/parcel does not exist. Clone the application's repository there."],
  },
  {
    title: "a folder that is no repository",
    spoil: (project) => {
      const path = join(project.folder, ".switchback/parcel/.git");
      renameSync(path, `${path}.away`);
      return () => {
        renameSync(`${path}.away`, path);
      };
    },
    says: ["source.repository: .switchback/parcel is no git repository. Clone the application's repository there."],
  },
  {
    title: "uncommitted changes",
    spoil: (project) => {
      const file = join(project.folder, ".switchback/parcel/build.ts");
      const text = readFileSync(file);
      writeFileSync(file, "// changed\n");
      return () => {
        writeFileSync(file, text);
      };
    },
    says: [
      "source.repository: .switchback/parcel has uncommitted changes, which no release would hold. Commit them, or put them away with: git stash",
    ],
  },
  {
    title: "a tag that nobody signed with a name",
    edit: replace("release: v1.0.0", "release: light"),
    spoil: (project) => {
      git(join(project.folder, ".switchback/parcel"), "tag", "light", "v1.0.0^{commit}");
      return () => {
        git(join(project.folder, ".switchback/parcel"), "tag", "--delete", "light");
      };
    },
    says: [
      "light is not let through",
      "light is not annotated: git tag --annotate says who released it, and when",
      "Nothing was changed.",
    ],
  },
  {
    title: "a migration that does not say how it goes back",
    edit: replace("release: v1.0.0", "release: untold"),
    spoil: (project) => {
      const repository = join(project.folder, ".switchback/parcel");
      const branch = git(repository, "rev-parse", "--abbrev-ref", "HEAD").trim();
      git(repository, "checkout", "-q", "-b", "untold-branch");
      writeFileSync(join(repository, "migrations/0009_untold.up.sql"), "SELECT 1;\n");
      git(repository, "add", ".");
      git(repository, "commit", "-q", "-m", "A migration");
      git(repository, "tag", "-a", "-m", "untold", "untold");
      git(repository, "checkout", "-q", branch);
      return () => {
        git(repository, "tag", "--delete", "untold");
        git(repository, "branch", "-q", "-D", "untold-branch");
      };
    },
    says: [
      "untold: its migrations cannot be planned",
      "migrations/0009_untold.up.sql: does not say `-- change: expand` or `-- change: contract`",
    ],
  },
  {
    title: "a port that is taken",
    spoil: async (project) => {
      const server: Server = createServer().listen(project.ports[0], "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      return () => void server.close();
    },
    says: ["v1.0.0 was taken back: nothing serves.", /127\.0\.0\.1:\d+ is taken by another program/],
  },
];

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded);
});
afterAll(async () => {
  await project.remove();
});

async function attempt({ edit = (text) => text, spoil }: Case): Promise<Run> {
  const file = join(project.folder, "Pulumi.staging.yaml");
  const before = readFileSync(file, "utf8");
  project.edit(edit);
  const mend = await spoil?.(project);
  try {
    return await project.up();
  } finally {
    mend?.();
    writeFileSync(file, before);
  }
}

function expectClear(run: Run, says: Case["says"]): void {
  expect(run.exitCode).not.toBe(0);
  for (const words of says) {
    if (typeof words === "string") expect(run.text).toContain(words);
    else expect(run.text).toMatch(words);
  }
  expect(run.text).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(run.text).not.toContain("unhandled");
}

describe("refused, with one clear message and nothing changed", () => {
  test.for(configurations)("$title", async (one) => {
    const run = await attempt(one);
    expectClear(run, one.says);
    expect(run.ran).toEqual([]);
  });
});

describe("surroundings that are not fit for a release", () => {
  test.for(surroundings)("$title", async (one) => {
    expectClear(await attempt(one), one.says);
  });

  test("a store where nothing can be made", async () => {
    const run = await attempt({
      title: "",
      says: [],
      edit: (text) => {
        // An earlier case has opened a rollout in the store, which is left for this one.
        const { id } = JSON.parse(readFileSync(join(project.store, "store.json"), "utf8")) as { id: string };
        return `${text.replace("store: .switchback/store", "store: /sys/nowhere")}  switchback:leaveStore: ${id}\n`;
      },
    });
    // Whether anything was released before decides which it is.
    expectClear(run, [/the store \/sys\/nowhere (cannot be used: |is empty, but this environment)/]);
  });

  test("a store that is a file", async () => {
    const run = await attempt({ title: "", says: [], edit: replace("store: .switchback/store", "store: Pulumi.yaml") });
    expectClear(run, ["the store Pulumi.yaml cannot be used: ", "name another one in switchback:environment.store"]);
    expect(run.ran).toEqual([]);
  });
});
