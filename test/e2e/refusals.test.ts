/** Proves that bad input gets one clear message: where, what is wrong, what to do. No stack trace, nothing changed. */
import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded } from "../support/engines.ts";
import { Project, type Run } from "../support/project.ts";

interface Case {
  readonly title: string;
  /** What the stack file is turned into, where that is what is wrong. */
  readonly edit?: (text: string) => string;
  /** What else is done to the surroundings; what it returns undoes it. */
  readonly spoil?: (project: Project) => (() => void) | Promise<() => void>;
  /** Lines that the message holds, word for word. */
  readonly says: readonly (string | RegExp)[];
}

const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.test", ...args], {
    encoding: "utf8",
  });

const configurations: Case[] = [
  {
    title: "a misspelt key",
    edit: replace("    address:", "    adress:"),
    says: [
      "Pulumi.staging.yaml: 2 mistakes in the configuration",
      "switchback:environment.adress: is not known. Did you mean address?",
      "switchback:environment.address: is missing. It is where customers reach the application",
    ],
  },
  {
    title: "a missing section",
    edit: replace(/ {2}switchback:database:\n.*\n/, ""),
    says: ["switchback:database: is missing. It is the application's database. Add it to Pulumi.staging.yaml"],
  },
  {
    title: "a missing release",
    edit: replace("  switchback:release: v1.0.0\n", ""),
    says: [
      "switchback:release: is missing. It is the tag to release, such as v1.2.0. Set it: pulumi config set switchback:release VALUE",
    ],
  },
  {
    title: "an unknown section",
    edit: (text) => `${text}  switchback:polices:\n    revert: false\n`,
    says: ["switchback:polices: is not known. Did you mean policies?"],
  },
  {
    title: "a value of the wrong type",
    edit: (text) => `${text}  switchback:policies:\n    revert: sometimes\n`,
    says: ["switchback:policies.revert: expected boolean, received string. It is take a release back by itself"],
  },
  {
    title: "a number that is too small",
    edit: replace("attempts: 8", "attempts: 0"),
    says: ["switchback:checks.attempts: Too small: expected number to be >=1."],
  },
  {
    title: "patience that no release could satisfy",
    edit: replace("attempts: 8", "attempts: 2"),
    says: ["switchback:checks.steady: steady is more than attempts: no release could pass"],
  },
  {
    title: "no hosts",
    edit: replace(/ {4}hosts:\n(?: {6}.*\n)+/, "    hosts: []\n"),
    says: ["switchback:environment.hosts: Too small"],
  },
  {
    title: "an address that is none",
    edit: replace(/address: http.*\n/, "address: not an address\n"),
    says: ["switchback:environment.address: Invalid URL."],
  },
  {
    title: "a host's name that cannot be one",
    edit: replace("name: host-0", "name: Host 0"),
    says: ["switchback:environment.hosts[0].name: Invalid string"],
  },
  {
    title: "a variable's name that cannot be one",
    edit: replace("{ PORT:", "{ port:"),
    says: ["switchback:environment.hosts[0].variables"],
  },
  {
    title: "several mistakes at once",
    edit: (text) => `${text.replace("attempts: 8", "attempts: many")}  switchback:policies:\n    signOff: nobody\n`,
    says: ["2 mistakes", "switchback:checks.attempts: expected number", "switchback:policies.signOff: Invalid option"],
  },
  {
    title: "a release that does not exist",
    edit: replace("release: v1.0.0", "release: v9.9.9"),
    says: ['switchback:release: "v9.9.9" is no tag of .switchback/parcel. Its newest tags: '],
  },
  {
    title: "a release that is an option of git",
    edit: replace("release: v1.0.0", "release: --upload-pack=touch"),
    says: ["switchback:release: must be a tag of letters, digits and . _ + @ = - only: folders and commands are named"],
  },
  {
    title: "going back from nothing",
    edit: (text) => `${text}  switchback:rollbackFrom: v1.1.0\n`,
    says: ["switchback:rollbackFrom is v1.1.0, but none serves."],
  },
];

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
