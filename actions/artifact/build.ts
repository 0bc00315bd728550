import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inStore } from "../../release/store.ts";
import { type Context, defineAction } from "../action.ts";
import { readIfThere, writeAtomic, writeNew } from "../files.ts";
import { misfit, parseJson } from "../json-file.ts";
import { gitCommand } from "../source/git-command.ts";
import { type Artifact, isDigest, pack } from "./archive.ts";

interface Args {
  readonly repository: string;
  readonly commit: string;
  readonly commands: readonly (readonly string[])[];
}

/**
 * Builds a commit into an artifact in the store; what the store holds is never built again.
 * Killed: leaves a temporary folder behind, and nothing in the store.
 */
export const build = defineAction<Args, unknown, Artifact>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      repository: z.string().min(1),
      commit: z.string().regex(/^[0-9a-f]{40}$/),
      /** Commands run one after the other in the exported files, each as words. */
      commands: z.array(z.array(z.string()).min(1)),
    }),
  timeoutSeconds: 1800,
  run: async (args, context) => {
    const known = knownBuild(context.store, args);
    if (known) {
      context.tell(`${args.commit.slice(0, 7)} is in the store already`);
      return known;
    }
    const folder = mkdtempSync(join(tmpdir(), "switchback-build-"));
    try {
      await exportCommit(args, folder, context);
      for (const command of args.commands) await context.exec(command, { cwd: join(folder, "files") });
      // What says which commit it is must not depend on the tag: production takes the very artifact staging proved.
      writeNew(join(folder, "files", "REVISION"), `${args.commit}\n`);
      const artifact = { digest: await pack(context.store, join(folder, "files")), commit: args.commit };
      remember(context.store, args, artifact);
      context.tell(`built ${args.commit.slice(0, 7)}: ${artifact.digest.slice(0, 12)}`);
      return artifact;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

async function exportCommit({ repository, commit }: Args, folder: string, context: Context): Promise<void> {
  const { extract } = await import("tar");
  const archive = join(folder, "export.tar");
  await context.exec(gitCommand(repository, "archive", "--format=tar", "-o", archive, commit), { cwd: folder });
  mkdirSync(join(folder, "files"));
  await extract({ file: archive, cwd: join(folder, "files"), strict: true });
}

const recordOf = (store: string, { commit, commands }: Args): string => {
  const recipe = createHash("sha256").update(JSON.stringify(commands)).digest("hex").slice(0, 12);
  return inStore.build(store, `${commit}-${recipe}`);
};

/** A note that is damaged, or names what the store has not, is none: what it was about is built again. */
function knownBuild(store: string, args: Args): Artifact | undefined {
  const note = parseJson(readIfThere(recordOf(store, args)) ?? "");
  if (misfit(note, { digest: "string", commit: "string" }) !== undefined) return undefined;
  const artifact = note as Artifact;
  if (!isDigest(artifact.digest) || artifact.commit !== args.commit) return undefined;
  const file = statSync(inStore.artifact(store, artifact.digest), { throwIfNoEntry: false });
  return file?.isFile() === true ? artifact : undefined;
}

function remember(store: string, args: Args, artifact: Artifact): void {
  writeAtomic(recordOf(store, args), JSON.stringify(artifact));
}
