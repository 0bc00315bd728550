/** Artifacts: the same digest for the same contents, and nothing else comes out than what went in. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { expect, test } from "vitest";
import { contentDigest, pack, unpack } from "../../../actions/artifact/archive.ts";
import { inStore } from "../../../release/store.ts";
import { temporaryFolder } from "../../support/context.ts";

function makeFiles(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin", "deep"), { recursive: true });
  mkdirSync(join(folder, "@scope"));
  writeFileSync(join(folder, "REVISION"), "abc\n");
  writeFileSync(join(folder, ".hidden"), "dots count");
  writeFileSync(join(folder, "@scope", "file"), "an at sign is a name like any other");
  writeFileSync(join(folder, "bin", "run"), "#!/bin/sh\n");
  chmodSync(join(folder, "bin", "run"), 0o755);
  symlinkSync("../../REVISION", join(folder, "bin", "deep", "link"));
  return folder;
}
const empty = temporaryFolder;
const unpackAs = (store: string, digest: string, folder = empty()): Promise<void> =>
  unpack(store, { digest, commit: "c" }, folder);
const refusal = (done: Promise<void>): Promise<string> =>
  done.then(
    () => "none",
    (error: unknown) => (error as Error).message,
  );

/** Puts an archive into a store under the digest it does not have. */
function smuggle(store: string, digest: string, archive: string): string {
  const file = inStore.artifact(store, digest);
  mkdirSync(join(store, "artifacts"), { recursive: true });
  execFileSync("cp", [archive, file]);
  return file;
}

test("what a killed run was packing goes with the next artifact", async () => {
  const store = empty();
  mkdirSync(join(store, "artifacts"));
  writeFileSync(join(store, "artifacts/abc.tar.gz.4711.tmp"), "half");
  const digest = await pack(store, makeFiles());
  expect(readdirSync(join(store, "artifacts"))).toEqual([`${digest}.tar.gz`]);
});

test("what was packed comes out as it was: contents, modes, links", async () => {
  const [store, folder] = [empty(), empty()];
  const digest = await pack(store, makeFiles());
  expect(readdirSync(join(store, "artifacts"))).toEqual([`${digest}.tar.gz`]);
  await unpackAs(store, digest, folder);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    ".hidden",
    "@scope",
    "@scope/file",
    "REVISION",
    "bin",
    "bin/deep",
    "bin/deep/link",
    "bin/run",
  ]);
  expect(readFileSync(join(folder, "bin", "deep", "link"), "utf8")).toBe("abc\n");
  expect(statSync(join(folder, "bin", "run")).mode & 0o111).toBe(0o111);
  expect(contentDigest(folder)).toBe(digest);
});

test("the digest is the same for the same contents, whenever and wherever they were made", async () => {
  const [one, other] = [makeFiles(), makeFiles()];
  execFileSync("touch", ["-d", "2001-01-01", join(other, "REVISION")]);
  chmodSync(join(other, ".hidden"), 0o600);
  expect(await pack(empty(), one)).toBe(await pack(empty(), other));
});

test.each<[string, (folder: string) => void]>([
  [
    "a byte",
    (folder) => {
      writeFileSync(join(folder, "REVISION"), "abd\n");
    },
  ],
  [
    "a name",
    (folder) => {
      execFileSync("mv", [join(folder, "REVISION"), join(folder, "REVISIOM")]);
    },
  ],
  [
    "a mode",
    (folder) => {
      chmodSync(join(folder, "bin", "run"), 0o644);
    },
  ],
  [
    "a file more",
    (folder) => {
      writeFileSync(join(folder, "new"), "");
    },
  ],
  [
    "where a link points",
    (folder) => {
      execFileSync("ln", ["-sfn", "../run", join(folder, "bin", "deep", "link")]);
    },
  ],
  [
    "a link in the place of the same contents",
    (folder) => {
      execFileSync("sh", ["-c", "rm run && ln -s '#!/bin/sh\n' run"], { cwd: join(folder, "bin") });
    },
  ],
])("%s changes the digest", (_, change) => {
  const folder = makeFiles();
  const before = contentDigest(folder);
  change(folder);
  expect(contentDigest(folder)).not.toBe(before);
});

test("an empty folder is an artifact, too", async () => {
  const [store, folder] = [empty(), empty()];
  await unpackAs(store, await pack(store, empty()), folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("an artifact that is not in the store, and one that was cut off, are refused", async () => {
  const store = empty();
  const missing = inStore.artifact(store, "0".repeat(64));
  expect(await refusal(unpackAs(store, "0".repeat(64)))).toBe(
    `${missing}: is not in the store. Build it again: switchback up --again`,
  );
  const digest = await pack(store, makeFiles());
  const file = inStore.artifact(store, digest);
  writeFileSync(file, readFileSync(file).subarray(0, 60));
  expect(await refusal(unpackAs(store, digest))).toMatch(
    /: cannot be unpacked: .*(zlib|TAR_BAD_ARCHIVE|unexpected end)/i,
  );
});

test("other contents than the digest says are refused", async () => {
  const store = empty();
  const digest = await pack(store, makeFiles());
  const other = await pack(store, empty());
  const file = smuggle(store, digest, inStore.artifact(store, other));
  expect(await refusal(unpackAs(store, digest))).toBe(
    `${file}: its contents have the digest ${other}, not the one it was stored under. Remove it, and build it again: switchback up --again`,
  );
});

interface TarEntry {
  readonly path: string;
  readonly type?: "File" | "Link" | "SymbolicLink";
  readonly linkpath?: string;
  readonly text?: string;
}

/** An archive as no packer makes it: whatever names are asked for. */
function makeArchive(entries: readonly TarEntry[]): string {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, text = "" }) => {
    const header = Buffer.alloc(512);
    new Header({ path, type, mode: 0o644, size: text.length, ...(linkpath ? { linkpath } : {}) }).encode(header);
    return [header, ...(text === "" ? [] : [Buffer.from(text.padEnd(512, "\0"))])];
  });
  const file = join(empty(), "evil.tar.gz");
  writeFileSync(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

test.each<[string, TarEntry[]]>([
  ["a path that climbs out", [{ path: "../outside", text: "evil" }]],
  [
    "a file behind a link that leads out",
    [
      { path: "out", type: "SymbolicLink", linkpath: ".." },
      { path: "out/outside", text: "evil" },
    ],
  ],
  ["a link to what is above", [{ path: "out", type: "SymbolicLink", linkpath: "../../secret" }]],
  ["a second name for a file outside", [{ path: "inside", type: "Link", linkpath: "../secret" }]],
])("an archive with %s is refused, and nothing gets outside of the folder", async (_, entries) => {
  const [store, around] = [empty(), empty()];
  const folder = join(around, "inside");
  mkdirSync(folder);
  writeFileSync(join(around, "secret"), "secret");
  const file = smuggle(store, "0".repeat(64), makeArchive(entries));
  const message = await refusal(unpackAs(store, "0".repeat(64), folder));
  expect(message.startsWith(`${file}: `)).toBe(true);
  expect(message).toMatch(/cannot be unpacked: |its contents have the digest /);
  expect(readdirSync(around).sort()).toEqual(["inside", "secret"]);
  expect(readFileSync(join(around, "secret"), "utf8")).toBe("secret");
});

test("an absolute path is taken for one inside, and refused for its digest", async () => {
  const [store, target] = [empty(), join(empty(), "absolute")];
  smuggle(store, "0".repeat(64), makeArchive([{ path: target, text: "evil" }]));
  expect(await refusal(unpackAs(store, "0".repeat(64)))).toMatch(/cannot be unpacked: |its contents have the digest /);
  expect(existsSync(target)).toBe(false);
});
