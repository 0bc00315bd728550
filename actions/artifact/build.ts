import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { inStore } from "../../release/store.ts";
import { type Context, defineAction, Refusal } from "../action.ts";
import { atPath, readIfThere, removeUnfinished, writeAtomic, writeNew } from "../files.ts";
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
 * Killed: leaves a `.part` folder in the user's cache, which is never used and which the next build there removes.
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
    const { store } = context;
    const folder = folderOf(context);
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    removeUnfinished(dirname(folder), (name) => isLeft(name, context));
    const known = knownBuild(store, args);
    if (known) {
      context.tell(`${args.commit.slice(0, 7)} is in the store already`);
      return known;
    }
    mkdirSync(folder, { mode: 0o700 });
    try {
      await makeFiles(args, folder, context).catch((error: unknown) => {
        wantRoom(folder);
        throw atPath(error, folder);
      });
      const artifact = { digest: await pack(store, join(folder, "files")), commit: args.commit };
      remember(store, args, artifact);
      context.tell(`built ${args.commit.slice(0, 7)}: ${artifact.digest.slice(0, 12)}`);
      return artifact;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/**
 * Where it is built: below the user's own cache, where nobody else can put anything in its place, and where what a build
 * looks for in the folders above it (packages, types, settings) is not that of the project whose store it is for.
 */
function folderOf({ fencing, step }: Context): string {
  const { XDG_CACHE_HOME: given = "" } = process.env;
  const cache = given === "" ? join(homedir(), ".cache") : given;
  return join(cache, "switchback", "builds", `${fencing.store}.${fencing.number}.${step}.part`);
}

/** Of a rollout that came later it may be at work, and so may another step of this one; an earlier one has lost its right. */
function isLeft(name: string, { fencing, step }: Context): boolean {
  const [, store, number, builder] = /^([^.]*)\.(\d+)\.(.*)\.part$/.exec(name) ?? [];
  if (store !== fencing.store) return false;
  return Number(number) < fencing.number || (Number(number) === fencing.number && builder === step);
}

async function makeFiles(args: Args, folder: string, context: Context): Promise<void> {
  await exportCommit(args, folder, context);
  // Where the cache lies in a working copy, git must not take that one for the release's.
  const surroundings = { cwd: join(folder, "files"), environment: { GIT_CEILING_DIRECTORIES: folder } };
  for (const command of args.commands) await context.exec(command, surroundings);
  // What says which commit it is must not depend on the tag: production takes the very artifact staging proved.
  writeNew(join(folder, "files", "REVISION"), `${args.commit}\n`);
}

/** Programs say that a disk is full in the words of their language, if at all; the disk itself can be asked. Errors: it is. */
function wantRoom(folder: string): void {
  try {
    writeFileSync(join(folder, "room"), Buffer.alloc(64 * 1024));
  } catch (error) {
    throw atPath(error, folder);
  }
}

async function exportCommit({ repository, commit }: Args, folder: string, context: Context): Promise<void> {
  const { extract } = await import("tar");
  const archive = join(folder, "export.tar");
  await context.exec(gitCommand(repository, "archive", "--format=tar", "-o", archive, commit), { cwd: folder });
  const files = join(folder, "files");
  mkdirSync(files);
  const sizes: [path: string, size: number][] = [];
  await extract({
    ...{ file: archive, cwd: files, strict: true },
    onReadEntry: ({ type, path, size }) => {
      if (type === "File") sizes.push([path, size]);
    },
  });
  // On a disk that becomes full a file is cut off, and nothing is said of it.
  const cut = sizes.find(([path, size]) => lstatSync(join(files, path)).size !== size);
  if (cut) throw new Refusal(`${join(files, cut[0])}: was not written whole. Run the same command again`);
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
