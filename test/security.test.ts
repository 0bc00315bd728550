/** Proves what docs/security.md says of the whole project: no shells, private files, small environments, plain words. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { pack } from "../actions/artifact/archive.ts";
import { build } from "../actions/artifact/build.ts";
import { linesSince } from "../actions/platforms/servers/release-log.ts";
import { prepareOnServers } from "../actions/platforms/servers/prepare.ts";
import { makePassphrase, passphraseFile } from "../cli/passphrase.ts";
import { commandText } from "../components/step.ts";
import { configSchema } from "../components/config.ts";
import { act, makeContext, makeProject, temporaryFolder } from "./support/context.ts";
import { repository } from "./support/engines.ts";
import { config } from "./support/pipeline.ts";
import { TestRepository } from "./support/repository.ts";
import { shipped, tracked } from "./support/sources.ts";
import { logOf, runStep } from "./support/step.ts";

const sourcesIn = (...paths: readonly string[]): string[] =>
  tracked(...paths).filter((file) => /\.(ts|mjs)$/.test(file));

test("no source runs a shell, but the engine's provider of commands, whose text is one constant", () => {
  const shells =
    /shell: ?(true|["'])|\b(?:execSync|exec)\(\s*["'`]|import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from "node:child_process"|["'`](?:\/bin\/)?(?:ba)?sh["'`]\s*,|["'`]cmd(?:\.exe)?["'`]/;
  const sources = sourcesIn(...shipped);
  expect(sources.length).toBeGreaterThan(100);
  const text = (file: string): string => readFileSync(join(repository, file), "utf8").replaceAll(/\.exec\(/g, "");
  expect(sources.filter((file) => shells.test(text(file)))).toEqual(["engine/run-script.ts"]);
  expect(sources.filter((file) => /new local\.Command\(|\blocal\.run\(|remote\.Command\(/.test(text(file)))).toEqual([
    "components/step.ts",
  ]);
  expect(commandText).toBe(`node -e "import('switchback/step')"`);
});

test("temporary folders are made by mkdtemp, for their owner alone", () => {
  const sources = sourcesIn("actions", "cli", "components", "release", "report", "runtime", "testing");
  const careless = sources.filter((file) =>
    readFileSync(join(repository, file), "utf8")
      .split("\n")
      .some((line) => line.includes("tmpdir()") && !/mkdtemp(Sync)?\(join\(tmpdir\(\)/.test(line)),
  );
  expect(careless).toEqual([]);
});

const names = [
  "v1;touch x",
  "$(touch x)",
  "v1`x`",
  "v1|x",
  "v1&x",
  "v1>x",
  "--upload-pack=x",
  "-v1",
  "..",
  ".v1",
  "v1'x",
  'v1"x',
  "v1\u001b[2J",
  "v1\u202e",
  "v1/x",
  "v1 x",
  "v1\nx",
];
test.for(names)("the release %j, which a pasted command would run, is refused", (release) => {
  expect(configSchema.shape.release.safeParse(release).success).toBe(false);
});
test.for(["v1.2.0", "1.0", "release-7", "v1.2.0-rc.1+build_5", "2026-01-31", "é1"])(
  "the release %s is fine",
  (release) => {
    expect(configSchema.shape.release.parse(release)).toBe(release);
  },
);

/** With each umask that people have. */
const umasks = [0o022, 0o077, 0o000];
function withUmask(mask: number): void {
  const before = process.umask(mask);
  onTestFinished(() => void process.umask(before));
}
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test.for(umasks)(
  "with umask %o nobody else reads a passphrase, an application's settings, or a new store",
  async (mask) => {
    const project = makeProject({ note: "async () => ({})" });
    const settings = await prepared(
      {
        files: (folder) => {
          writeFileSync(join(folder, "main.js"), "1");
        },
      },
      mask,
    );
    withUmask(mask);
    makePassphrase(project);
    expect([modeOf(passphraseFile(project)), modeOf(settings)]).toEqual([0o600, 0o600]);
    const store = join(project, "store");
    expect((await runStep(project, { action: "./note", store: "store" })).code).toBe(0);
    expect(modeOf(store)).toBe(0o700);
  },
);

/** Prepares an artifact of these files with a secret in its settings; returns the path of those. */
async function prepared({ files }: { files: (folder: string) => void }, mask = 0o022): Promise<string> {
  const [store, folder] = [temporaryFolder(), temporaryFolder()];
  files(folder);
  withUmask(mask);
  const artifact = { digest: await pack(store, folder), commit: "c".repeat(40) };
  const hosts = [
    { name: "web-1", directory: join(temporaryFolder(), "web-1"), address: "http://127.0.0.1:1", variables: {} },
  ];
  const args = { hosts, variables: {}, paths: {}, secrets: { KEY: "SESSION" }, install: [] };
  const { result } = await act(prepareOnServers, args, {
    store,
    needs: { ARTIFACT: artifact },
    release: "v2",
    secrets: { SESSION: "canary" },
  });
  return join(hosts[0]?.directory ?? "", "releases", result.folder, ".env");
}

test("a release that brings files of ours, as links or for everybody to read, leads no secret elsewhere", async () => {
  const linked = await prepared({
    files: (folder) => {
      mkdirSync(join(folder, "public"));
      writeFileSync(join(folder, "public", "page.html"), "untouched");
      for (const name of [".env", ".switchback.json"]) symlinkSync("public/page.html", join(folder, name));
    },
  });
  const open = await prepared({
    files: (folder) => {
      writeFileSync(join(folder, ".env"), "RELEASE=other");
      chmodSync(join(folder, ".env"), 0o666);
    },
  });
  expect(readFileSync(join(linked, "..", "public", "page.html"), "utf8")).toBe("untouched");
  expect([linked, open].map((path) => [modeOf(path), readFileSync(path, "utf8")])).toEqual(
    [linked, open].map(() => [0o600, "RELEASE='v2'\nKEY='canary'\n"]),
  );
});

test("a release whose REVISION is a link overwrites nothing of the machine that builds it", async () => {
  const elsewhere = join(temporaryFolder(), "elsewhere");
  writeFileSync(elsewhere, "untouched");
  const source = new TestRepository();
  const commit = source.commit("First");
  await act(build, { repository: source.path, commit, commands: [["ln", "-s", elsewhere, "REVISION"]] });
  expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
});

test("a release's folder that was replaced by a link is refused before secrets are written there", async () => {
  const first = await prepared({
    files: (folder) => {
      writeFileSync(join(folder, "main.js"), "1");
    },
  });
  const id = join(first, "..").split("/").at(-1) ?? "";
  const store = temporaryFolder();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "main.js"), "1");
  const directory = join(temporaryFolder(), "web-1");
  const elsewhere = temporaryFolder();
  mkdirSync(join(directory, "releases"), { recursive: true });
  symlinkSync(elsewhere, join(directory, "releases", id));
  const artifact = { digest: await pack(store, folder), commit: "c".repeat(40) };
  const hosts = [{ name: "web-1", directory, address: "http://127.0.0.1:1", variables: {} }];
  const args = { hosts, variables: {}, paths: {}, secrets: { KEY: "SESSION" }, install: [] };
  const given = { store, needs: { ARTIFACT: artifact }, release: "v2", secrets: { SESSION: "canary" } };
  await expect(act(prepareOnServers, args, given)).rejects.toThrow(
    `web-1: releases/${id} is a link to ${elsewhere}, which no rollout has made. Find out who has, and remove it`,
  );
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("programs of a step see neither its secrets nor those of the engine", async () => {
  const print = `async (_, context) => ({ seen: JSON.parse(await context.exec([process.execPath, "-p", "JSON.stringify(Object.keys(process.env).sort())"], { cwd: "." })) })`;
  const secrets = {
    PULUMI_CONFIG_PASSPHRASE: "a",
    PULUMI_ACCESS_TOKEN: "b",
    AWS_SECRET_ACCESS_KEY: "c",
    GITHUB_TOKEN: "d",
    NODE_OPTIONS: "",
  };
  const { stdout } = await runStep(
    makeProject({ print }),
    { action: "./print" },
    { secrets: { SESSION: "e" }, environment: secrets },
  );
  const { seen } = JSON.parse(stdout) as { seen: string[] };
  const allowed = ["HOME", "LANG", "LC_ALL", "PATH", "SSH_AUTH_SOCK", "SystemRoot", "TMPDIR", "TZ", "USER"];
  expect(seen).toContain("PATH");
  expect(seen.filter((name) => !allowed.includes(name))).toEqual([]);
});

test("what Node compiles for a step is kept in the user's own folder, not in a shared temporary one", async () => {
  const [home, temporary] = [temporaryFolder(), temporaryFolder()];
  const environment = { HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: "", NODE_COMPILE_CACHE: "" };
  expect((await runStep(makeProject({ note: "async () => ({})" }), { action: "./note" }, { environment })).code).toBe(
    0,
  );
  expect([readdirSync(temporary), modeOf(join(home, ".cache", "switchback"))]).toEqual([[], 0o700]);
});

test("what an application logs is told in plain words: a terminal does nothing of what it says", async () => {
  const hostile = "v2 failed\u001b[2J\u001b[H\u001b]0;owned\u0007\r✓ v2 serves\u202e";
  const directory = temporaryFolder();
  writeFileSync(join(directory, "log"), `${hostile}\n`);
  const [line] = linesSince({ name: "web-1", directory, address: "" }, "log", 0, "v2");
  const project = makeProject({
    cry: `async (args, context) => { context.tell(args.line); await context.exec([process.execPath, "-e", "console.log(process.argv[1])", args.line], { cwd: "." }); throw new Error(args.line); }`,
  });
  const { stderr } = await runStep(project, { action: "./cry", args: { line } });
  const shown = "  web-1 log: v2 failed\ufffd✓ v2 serves\ufffd";
  expect(stderr).toBe(`${shown}\n${shown}\n  log: store/evidence/2-abcdef/step.log\n`);
  expect(logOf(project).join("")).not.toMatch(/[\p{Cc}\u202e]/u);
});

test("secrets are given by name, to the steps that need them", () => {
  const { context } = makeContext({ secrets: { ONE: "1" } });
  expect(() => context.secret("OTHER")).toThrow("was not given the secret OTHER");
  expect(config.application.secrets).toEqual({ SMTP: "smtp secret" });
});
