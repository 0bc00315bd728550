/** Archives that nobody should unpack: each is refused in one line, and no host has anything of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header, type ReadEntry } from "tar";
import { expect, test } from "vitest";
import { Refusal } from "../../../actions/action.ts";
import { pack, unpack } from "../../../actions/artifact/archive.ts";
import { inspect, leadsOut } from "../../../actions/artifact/inspect.ts";
import { prepareOnServers } from "../../../actions/platforms/servers/prepare.ts";
import { inStore } from "../../../release/store.ts";
import { act, temporaryFolder } from "../../support/context.ts";

interface TarEntry {
  readonly path: string;
  readonly type?: ReadEntry["type"];
  readonly linkpath?: string;
  readonly text?: string;
}

/** An archive as no packer makes it: whatever names and kinds are asked for. */
function archiveOf(...entries: TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, text = "" }) => {
    const header = Buffer.alloc(512);
    new Header({ path, type, mode: 0o644, size: text.length, ...(linkpath ? { linkpath } : {}) }).encode(header);
    return [header, Buffer.from(text.padEnd(Math.ceil(text.length / 512) * 512, "\0"))];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
const packed = (...entries: TarEntry[]): Buffer => gzipSync(archiveOf(...entries));
const digest = "0".repeat(64);
const many = Array.from({ length: 30 }, (_, index): TarEntry => ({ path: `file-${index}`, text: "x" }));

const bad: [string, Buffer, string | RegExp][] = [
  ["a path that climbs out", packed({ path: "../outside", text: "evil" }), '"../outside" leads out of the folder'],
  ["a path that climbs out halfway", packed({ path: "a/../../outside" }), '"a/../../outside" leads out of the folder'],
  ["an absolute path", packed({ path: "/tmp/outside", text: "evil" }), '"/tmp/outside" leads out of the folder'],
  [
    "a link that leads out",
    packed({ path: "a/out", type: "SymbolicLink", linkpath: "../../x" }),
    '"a/out" is a link that leads out of the folder',
  ],
  [
    "an absolute link",
    packed({ path: "out", type: "SymbolicLink", linkpath: "/etc/passwd" }),
    '"out" is a link that leads out of the folder',
  ],
  [
    "a second name for a file outside",
    packed({ path: "in", type: "Link", linkpath: "../secret" }),
    '"in" is a link that leads out of the folder',
  ],
  [
    "a file behind a link",
    packed({ path: "d", type: "SymbolicLink", linkpath: "e" }, { path: "d/file", text: "evil" }),
    '"d/file" lies behind the link "d"',
  ],
  [
    "a file in the place of a link",
    packed({ path: "d", type: "SymbolicLink", linkpath: "e" }, { path: "./d", text: "evil" }),
    '"./d" lies behind the link "d"',
  ],
  [
    "a second name for a file behind a link",
    packed({ path: "d", type: "SymbolicLink", linkpath: "e" }, { path: "in", type: "Link", linkpath: "d/file" }),
    '"in" lies behind the link "d"',
  ],
  ["a device", packed({ path: "null", type: "CharacterDevice" }), /^"null" is a CharacterDevice: only files, folders/],
  ["a disk", packed({ path: "sda", type: "BlockDevice" }), /^"sda" is a BlockDevice: only files, folders and links/],
  ["a pipe", packed({ path: "pipe", type: "FIFO" }), '"pipe" is a FIFO: only files, folders and links belong there'],
  ["a name that hides something", packed({ path: "\x1b[2J", type: "FIFO" }), /^"\\u001b\[2J" is a FIFO/],
  ["too many files", packed(...many), "it holds more than 25 files"],
  [
    "far more than its size says",
    packed({ path: "bomb", text: "0".repeat(3_000_000) }),
    "it holds more than 1000000 bytes",
  ],
  ["no archive at all", Buffer.from("<html>404 Not Found</html>"), /TAR_BAD_ARCHIVE|checksum|Unrecognized/],
  ["nothing", Buffer.alloc(0), /TAR_BAD_ARCHIVE/],
  ["something else that was packed", gzipSync("hello ".repeat(500)), /TAR_BAD_ARCHIVE|TAR_ENTRY_INVALID/],
  ["an archive that was cut off", packed({ path: "a", text: "x".repeat(9000) }).subarray(0, 40), /unexpected end|TAR_/],
  [
    "an entry that was cut off",
    gzipSync(archiveOf({ path: "a", text: "x".repeat(9000) }).subarray(0, 4000)),
    /Truncated/,
  ],
  ["a damaged checksum", gzipSync(archiveOf({ path: "a", text: "x" }).fill(7, 0, 3)), /checksum failure/],
];

test.each(bad)("%s", async (_, archive, wrong) => {
  const [store, host] = [temporaryFolder(), temporaryFolder()];
  const file = inStore.artifact(store, digest);
  mkdirSync(join(store, "artifacts"));
  writeFileSync(file, archive);
  writeFileSync(join(host, "secret"), "secret");
  const folder = mkdtempSync(join(host, "inside-"));
  const limits = { files: 25, bytes: 1_000_000 };
  const message = await unpack(store, { digest, commit: "c" }, folder, limits).then(
    () => "none",
    (error: unknown) => String(error),
  );
  const [before, after] = [
    `Refusal: ${file}: cannot be unpacked: `,
    ". Remove it, and build it again: switchback up --again",
  ];
  expect([message.startsWith(before), message.endsWith(after)]).toEqual([true, true]);
  const why = message.slice(before.length, -after.length);
  if (typeof wrong === "string") expect(why).toBe(wrong);
  else expect(why).toMatch(wrong);
  expect(message).not.toContain("\n");
  expect([readdirSync(folder), readdirSync(host).length, readFileSync(join(host, "secret"), "utf8")]).toEqual([
    [],
    2,
    "secret",
  ]);
});

test("a release that cannot be unpacked is not left half prepared", async () => {
  const [store, directory] = [temporaryFolder(), join(temporaryFolder(), "web-1")];
  mkdirSync(join(store, "artifacts"));
  writeFileSync(
    inStore.artifact(store, digest),
    packed({ path: "fine", text: "x" }, { path: "../outside", text: "y" }),
  );
  const host = { name: "web-1", directory, address: "http://127.0.0.1:1", variables: {} };
  const args = { hosts: [host], variables: {}, paths: {}, secrets: {}, install: [] };
  const needs = { ARTIFACT: { digest, commit: "c" } };
  await expect(act(prepareOnServers, args, { store, needs })).rejects.toThrow(
    /^web-1: \S+: cannot be unpacked: "..\/outside" leads out of the folder\. Remove it, and build it again: /,
  );
  expect([readdirSync(join(directory, "releases")), readdirSync(join(directory, ".."))]).toEqual([[], ["web-1"]]);
});

test.each(["../../etc/passwd", "", "abc", "A".repeat(64), `${"0".repeat(63)}\n`])("%j is no digest", async (text) => {
  await expect(unpack(temporaryFolder(), { digest: text, commit: "c" }, temporaryFolder())).rejects.toThrow(
    new Refusal(`artifact ${JSON.stringify(text)}: is no digest`),
  );
});

test("a folder in the place of an artifact is refused", async () => {
  const store = temporaryFolder();
  const file = inStore.artifact(store, digest);
  mkdirSync(file, { recursive: true });
  await expect(unpack(store, { digest, commit: "c" }, temporaryFolder())).rejects.toThrow(
    new Refusal(`${file}: is no file. Remove it, and build it again: switchback up --again`),
  );
});

test("links that stay inside, folders and empty files pass", async () => {
  const file = join(temporaryFolder(), "a.tar.gz");
  const link: TarEntry = { path: "a/b/link", type: "SymbolicLink", linkpath: "../../c" };
  writeFileSync(
    file,
    packed({ path: "a/", type: "Directory" }, link, { path: "c" }, { path: "d", type: "Link", linkpath: "c" }),
  );
  await expect(inspect(file)).resolves.toBeUndefined();
  expect([
    leadsOut("a/b", "../c"),
    leadsOut("a/b", "../../c"),
    leadsOut("a", "b/../../c"),
    leadsOut("a", ".."),
  ]).toEqual([...[false, true, true, true]]);
});

test.each<[string, (folder: string) => void, string]>([
  [
    "a link that leads out",
    (folder) => {
      symlinkSync("/usr/bin/env", join(folder, "env"));
    },
    'the build left "env", a link that leads out of the release: it would point at something else on every host',
  ],
  [
    "a pipe",
    (folder) => {
      execFileSync("mkfifo", [join(folder, "pipe")]);
    },
    'the build left "pipe", which is neither a file nor a link: remove it in the build',
  ],
  [
    "too much",
    (folder) => {
      writeFileSync(join(folder, "core"), "0".repeat(2000));
    },
    "what was built cannot be an artifact: it holds more than 1000 bytes",
  ],
])("what a build leaves is looked at when it is packed: %s", async (_, leave, message) => {
  const [store, folder] = [temporaryFolder(), temporaryFolder()];
  leave(folder);
  await expect(pack(store, folder, { files: 10, bytes: 1000 })).rejects.toThrow(new Refusal(message));
  expect(readdirSync(store)).toEqual([]);
});
