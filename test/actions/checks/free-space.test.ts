/** The check for free space, against the disk that the tests run on. */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freeSpace } from "../../../actions/checks/free-space.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";

async function ask(megabytes: (free: number) => number, path = temporaryFolder()) {
  const { bavail, bsize } = await statfs(temporaryFolder());
  const wanted = Math.max(1, Math.floor(megabytes((bavail * bsize) / 1_000_000)));
  const { result } = await act(freeSpace, { path, megabytes: wanted });
  return [
    result.verdict,
    result.seen
      .replace(/^\d+ MB free for /, "")
      .replace(path, "PATH")
      .replace(String(wanted), "N"),
  ];
}

test("twice the space passes, less is a warning, too little fails", async () => {
  expect(await ask((free) => free / 4)).toEqual(["pass", "PATH"]);
  expect(await ask((free) => free * 0.75)).toEqual(["warn", "PATH, less than twice N"]);
  expect(await ask((free) => free * 2)).toEqual(["fail", "PATH, want N"]);
});

test("of a folder that is still to be made, the disk it will be on counts", async () => {
  expect(await ask((free) => free / 4, join(temporaryFolder(), "a", "b"))).toEqual(["pass", "PATH"]);
});

test("asking for nothing is refused", () => {
  expect(() => call(freeSpace, { path: "", megabytes: 0 })).toThrow(
    new TypeError(
      [
        "actions/checks/free-space: its arguments are wrong",
        "✖ Too small: expected string to have >=1 characters",
        "  → at path",
        "✖ Too small: expected number to be >0",
        "  → at megabytes",
      ].join("\n"),
    ),
  );
});

test("a part of the disk, and inodes, can be asked for", async () => {
  const path = temporaryFolder();
  const { bavail, blocks, files, ffree } = await statfs(path);
  const verdict = async (differing: object): Promise<string[]> => {
    const { result } = await act(freeSpace, { path, megabytes: 1, ...differing });
    return [result.verdict, result.seen.replace(/^\d+ MB free for .*?, /, "").replace(/\d+\.\d %/, "N %")];
  };
  expect((await verdict({ percent: (50 * bavail) / blocks, inodesPercent: 0 }))[0]).toBe("pass");
  expect(await verdict({ percent: 100 })).toEqual(["fail", "N % of the disk, want 100 %"]);
  const isCounted = files > 0 && ffree < files;
  expect((await verdict({ inodesPercent: 100 }))[0]).toBe(isCounted ? "warn" : "pass");
});
