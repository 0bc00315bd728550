/** A release's files on every host: artifact, configuration, installation, and what serves is not touched. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pack } from "../../../../actions/artifact/archive.ts";
import { prepareOnServers } from "../../../../actions/platforms/servers/prepare.ts";
import { act, temporaryFolder } from "../../../support/context.ts";

type Args = Parameters<typeof prepareOnServers.run>[0];

async function makeArtifact() {
  const [store, files] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(files, "main.js"), "console.log(1)");
  return { store, artifact: { digest: await pack(store, files), commit: "c".repeat(40) } };
}
const makeHosts = (...names: string[]): Args["hosts"][number][] =>
  names.map((name) => ({
    name,
    directory: join(temporaryFolder(), name),
    address: "http://127.0.0.1:1",
    variables: {},
  }));

async function prepare(
  hosts: Args["hosts"],
  differing: Partial<Args> = {},
  from?: Awaited<ReturnType<typeof makeArtifact>>,
) {
  const { store, artifact } = from ?? (await makeArtifact());
  const args = { hosts: [...hosts], variables: {}, paths: {}, secrets: {}, install: [] as string[], ...differing };
  const secrets = { SESSION: "it's secret", OTHER: "other" };
  return act(
    prepareOnServers,
    { ...args, install: [...args.install] },
    { store, needs: { ARTIFACT: artifact }, release: "v2", secrets },
  );
}
const read = (host: Args["hosts"][number], ...path: string[]): string =>
  readFileSync(join(host.directory, "releases", ...path), "utf8");

test("every host gets files, configuration and a manifest, and nothing half done is left", async () => {
  const hosts = makeHosts("web-1", "web-2").map((host) => ({ ...host, variables: { NAME: host.name } }));
  const [one, two] = hosts as unknown as [Args["hosts"][number], Args["hosts"][number]];
  mkdirSync(join(one.directory, "releases"), { recursive: true });
  symlinkSync("releases/old", join(one.directory, "current"));
  const { result, logged } = await prepare(hosts, {
    ...{ variables: { GREETING: "hello" }, paths: { DATABASE: "data/shop.sqlite" }, secrets: { KEY: "SESSION" } },
  });
  const { folder } = result;
  expect(result).toEqual({
    folder: /^v2-[0-9a-f]{8}-[0-9a-f]{8}$/.exec(folder)?.[0],
    release: "v2",
    commit: "c".repeat(40),
  });
  expect(readdirSync(join(one.directory, "releases"))).toEqual([folder]);
  expect(readdirSync(join(one.directory, "releases", folder)).sort()).toEqual([".env", ".switchback.json", "main.js"]);
  expect(read(one, folder, ".env")).toBe(
    `RELEASE='v2'\nGREETING='hello'\nDATABASE='${process.cwd()}/data/shop.sqlite'\nNAME='web-1'\nKEY="it's secret"\n`,
  );
  expect(parseEnv(read(two, folder, ".env")).NAME).toBe("web-2");
  expect(statSync(join(one.directory, "releases", folder, ".env")).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(read(one, folder, ".switchback.json")) as object)).toEqual([
    "release",
    "commit",
    "artifact",
  ]);
  expect(logged.sort()).toEqual([`web-1: ${folder} is in place`, `web-2: ${folder} is in place`]);
});

test("what is in place is not touched again; another configuration or secret has a folder of its own", async () => {
  const from = await makeArtifact();
  const hosts = makeHosts("web-1");
  const install = [process.execPath, "-e", "require('fs').writeFileSync('installed', '')"];
  const folders = new Set<string>();
  for (const differing of [
    {},
    {},
    { variables: { A: "1" } },
    { secrets: { KEY: "SESSION" } },
    { secrets: { KEY: "OTHER" } },
  ]) {
    const { result, logged } = await prepare(hosts, { install, ...differing }, from);
    if (folders.has(result.folder)) expect(logged).toEqual([]);
    folders.add(result.folder);
  }
  expect(folders.size).toBe(4);
});

test("a folder that a killed run has left unfinished is made anew", async () => {
  const from = await makeArtifact();
  const hosts = makeHosts("web-1");
  const [host] = hosts as [Args["hosts"][number]];
  const { folder } = (await prepare(makeHosts("web-1"), {}, from)).result;
  mkdirSync(join(host.directory, "releases", folder), { recursive: true });
  writeFileSync(join(host.directory, "releases", folder, "half"), "");
  await prepare(hosts, {}, from);
  expect(readdirSync(join(host.directory, "releases", folder)).sort()).toEqual([".env", ".switchback.json", "main.js"]);
});

test("the hidden folder that a killed run was filling goes, also where the release is in place", async () => {
  const hosts = makeHosts("web-1");
  const from = await makeArtifact();
  const { folder } = (await prepare(hosts, {}, from)).result;
  const releases = join(hosts[0]?.directory ?? "", "releases");
  mkdirSync(join(releases, `.${folder}.aB3xYz`));
  writeFileSync(join(releases, `.${folder}.aB3xYz/.env`), "KEY=secret");
  await prepare(hosts, {}, from);
  expect(readdirSync(releases)).toEqual([folder]);
});

test("where installing fails on some hosts each is named, and no host is left with half a release", async () => {
  const hosts = makeHosts("web-1", "web-2");
  const install = [
    process.execPath,
    "-e",
    "if (process.cwd().includes('web-2')) { console.error('no network'); process.exitCode = 1; }",
  ];
  await expect(prepare(hosts, { install })).rejects.toThrow(
    `web-2: ${install.join(" ")}: failed (exit code 1)\n  no network`,
  );
  expect(hosts.map((host) => readdirSync(join(host.directory, "releases")).length)).toEqual([1, 0]);
});

test("without its artifact, or a secret, nothing is put in place", async () => {
  const hosts = makeHosts("web-1");
  const store = temporaryFolder();
  const lost = { store, artifact: { digest: "0".repeat(64), commit: "c" } };
  const file = `${store}/artifacts/${"0".repeat(64)}.tar.gz`;
  await expect(prepare(hosts, {}, lost)).rejects.toThrow(
    `web-1: ${file}: is not in the store. Build it again: switchback up --again`,
  );
  await expect(prepare(hosts, { secrets: { KEY: "NONE" } })).rejects.toThrow(
    "web-1: step: was not given the secret NONE",
  );
});

test("a value that no dotenv file can hold is refused by its name, not shown", async () => {
  const value = "a'b\"c`d";
  await expect(prepare(makeHosts("web-1"), { variables: { NAME: value } })).rejects.toThrow(
    /^web-1: NAME: holds all three kinds of quotes, which a \.env file cannot express$/,
  );
});

test("whatever a value holds, the application reads it as it is", async () => {
  const from = await makeArtifact();
  const special = fc.string({
    unit: fc.constantFrom("a", " ", "'", '"', "\\", "n", "$", "#", "=", "\n", "é"),
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(special, async (value) => {
      const hosts = makeHosts("web-1");
      const [host] = hosts as [Args["hosts"][number]];
      const { result } = await prepare(hosts, { variables: { VALUE: value, LAST: "x" } }, from);
      expect(parseEnv(read(host, result.folder, ".env"))).toEqual({ RELEASE: "v2", VALUE: value, LAST: "x" });
    }),
    { numRuns: 60 },
  );
});
