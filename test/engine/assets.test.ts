import { join } from "node:path";
import { expect, test } from "vitest";
import { archiveOf, globAssets, hashAssets } from "../../engine/assets.ts";
import { assetSignature, signature } from "../../engine/property-value.ts";
import { EngineProject } from "../support/engine-project.ts";

test("globs choose files, an exclamation mark takes them away again", () => {
  const { directory } = new EngineProject("", { files: { "s/a.txt": "a", "s/b.md": "b", "s/deep/c.txt": "c" } });
  const found = (...globs: string[]) => Object.keys(globAssets(join(directory, "s"), globs));
  expect(found("*.txt")).toEqual(["a.txt"]);
  expect(found("**.txt")).toEqual(["a.txt", "deep/c.txt"]);
  expect(found("**", "!*.{md,txt}")).toEqual(["deep/c.txt"]);
  expect(found("[!a]*")).toEqual(["b.md"]);
});

test("an asset has the hash of its content, an archive that of the tar file it would make", () => {
  const { directory } = new EngineProject("", { files: { "s/a.txt": "A\n" } });
  const assets = globAssets(join(directory, "s"), ["*"]);
  const path = join(directory, "s", "a.txt");
  const hash = "06f961b802bc46ee168555f066d28f4f0e9afdf3f88174c1ee6f9de004fc30a0";
  expect(assets).toEqual({ "a.txt": { [signature]: assetSignature, hash, path } });
  expect(archiveOf({}).hash).toBe("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
  const sent = { x: { [signature]: assetSignature, __pulumiAsset: true, path } };
  expect(hashAssets(sent)).toEqual({ x: { [signature]: assetSignature, path, hash } });
});
