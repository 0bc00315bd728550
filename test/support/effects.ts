/** What rollouts have done to an environment of the sample application: as hosts, database and store tell it themselves. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inStore } from "../../release/store.ts";
import { readLedger } from "../../runtime/ledger.ts";
import type { Use } from "../../testing/script.ts";
import { filesIn } from "./left-behind.ts";

export interface Places {
  /** Folders of the hosts. */
  readonly hosts: readonly string[];
  readonly database: string;
  readonly store: string;
}

/** Something that was done, complete. */
export interface Effect {
  /** The step that does it. */
  readonly step: string;
  readonly what: string;
  /** Another one when it was done again. */
  readonly mark: string;
  /** Known where the effect itself tells it. */
  readonly rollout?: string;
  /** Done again by the same rollout it takes its own place, and nobody else sees it, as long as the step is not recorded. */
  readonly replaces: boolean;
}

/** An application that was told to load a release. */
export interface Load {
  readonly host: string;
  readonly release: string;
  /** When, in milliseconds. */
  readonly at: number;
  /** False where it did not come up, and what served before still serves. */
  readonly isWell: boolean;
}

/** All that was done so far. */
export interface World {
  readonly effects: readonly Effect[];
  readonly loads: readonly Load[];
  /** Rollout and step of what the ledger has. */
  readonly recorded: ReadonlySet<string>;
}

export const lookAt = (places: Places): World => ({
  effects: [
    ...places.hosts.flatMap(releasesOn),
    ...migrationsIn(places.database),
    ...backupsIn(places.store),
    ...buildsIn(places.store),
    ...signOffsIn(places.store),
  ],
  loads: places.hosts.flatMap(loadsOf),
  recorded: new Set(
    readLedger(inStore.ledger(places.store)).flatMap(({ kind, rollout, step }) =>
      kind === "step" ? [`${rollout} ${step}`] : [],
    ),
  ),
});

/** A rollout that was cut off, and what was done next. */
export interface Cut {
  readonly before: World;
  /** When nothing was taken up yet. */
  readonly atCut: World;
  readonly after: World;
  /** When the next command began, in milliseconds. */
  readonly takenUp: number;
  readonly uses: readonly Use[];
  readonly usesAfter: readonly Use[];
}

/** How much was done, from the beginning to the end. */
export function effectsOf({ before, after }: Pick<Cut, "before" | "after">): number {
  const known = new Set(before.effects.map(textOf));
  const done = after.effects.filter((effect) => !known.has(textOf(effect)));
  return done.length + after.loads.length - before.loads.length;
}

/** What was done twice, in words. */
export const doneTwice = (cut: Cut): string[] => [
  ...againIn(cut),
  ...twiceIn(cut.after),
  ...loadedTwice(cut),
  ...begunAgain(cut),
];

const textOf = ({ what, mark }: Effect): string => `${what} ${mark}`;

const rolloutsOf = (uses: readonly Use[]): Set<string> =>
  new Set(uses.map(({ rollout }) => rollout).filter((rollout) => rollout !== ""));

/** The rollout that the next command went on with; undefined where it began another one, or did nothing. */
function goneOnWith({ uses, usesAfter }: Cut): string | undefined {
  const later = rolloutsOf(usesAfter);
  return later.size === 1 ? [...rolloutsOf(uses)].find((rollout) => later.has(rollout)) : undefined;
}

/** What was complete when it was cut off, and was done once more. */
function againIn(cut: Cut): string[] {
  const rollout = goneOnWith(cut);
  if (rollout === undefined) return [];
  return cut.after.effects.flatMap((effect) => {
    const then = cut.atCut.effects.find(({ what }) => what === effect.what);
    if (then === undefined || then.mark === effect.mark) return [];
    const mayBe = effect.replaces && !cut.atCut.recorded.has(`${rollout} ${effect.step}`);
    return mayBe ? [] : [`${effect.what} was done again`];
  });
}

/** What a rollout has more than one of. */
function twiceIn({ effects }: World): string[] {
  const own = effects.flatMap(({ step, rollout }) => (rollout === undefined ? [] : [`${step} in ${rollout}`]));
  return [...new Set(own.filter((one, index) => own.indexOf(one) !== index))].map((one) => `${one} has more than one`);
}

/** A step that is recorded gives its receipt again, and does nothing. */
const begunAgain = ({ atCut, usesAfter }: Cut): string[] =>
  usesAfter
    .filter(({ own, how, rollout, step }) => own && how === "began" && atCut.recorded.has(`${rollout} ${step}`))
    .map(({ rollout, step }) => `${step} in ${rollout} began again, though it was recorded`);

const switching = /-(activation|decision)$/;

/**
 * Applications that were told to load what they had loaded. One that was at it when it was cut off may be told again: only
 * what was complete counts. A step that had ended has all its loads behind it, whatever it decides now.
 */
function loadedTwice(cut: Cut): string[] {
  const loads = cut.after.loads.slice();
  const isNew = (load: Load): boolean => !cut.before.loads.some((one) => one.host === load.host && one.at === load.at);
  const isQuiet = !cut.uses.some(({ step }) => switching.test(step));
  const hasEnded =
    goneOnWith(cut) !== undefined &&
    cut.uses.some(({ step, own, how }) => switching.test(step) && own && how === "ended");
  return loads.filter(isNew).flatMap((load) => {
    const earlier = loads.filter((one) => isNew(one) && one.host === load.host && one.at < load.at);
    const last = earlier.at(-1);
    const atOnce =
      load.isWell && last?.isWell === true && last.release === load.release && (isQuiet || last.at < cut.takenUp);
    const anew =
      hasEnded && load.at >= cut.takenUp && earlier.some((one) => one.release === load.release && one.at < cut.takenUp);
    return atOnce || anew ? [`${basename(load.host)} was told twice to load ${load.release}`] : [];
  });
}

/** As the application's supervisor logs it. */
function loadsOf(host: string): Load[] {
  const file = join(host, "log/parcel.log");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines
    .filter((line) => /"message":"(serves|does not come up)\b/.test(line))
    .map((line) => JSON.parse(line) as { time: string; release: string; message: string })
    .map(({ time, release, message }) => ({
      host,
      release,
      at: Date.parse(time),
      isWell: message.startsWith("serves"),
    }));
}

/** Another file is another one, whatever it holds. */
const markOf = (file: string): string => {
  const { ino, mtimeMs } = statSync(file);
  return `${ino} ${mtimeMs}`;
};

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

const releasesOn = (host: string): Effect[] =>
  namesIn(join(host, "releases"))
    .map((name) => ({ name, manifest: join(host, "releases", name, ".switchback.json") }))
    .filter(({ name, manifest }) => !name.startsWith(".") && existsSync(manifest))
    .map(({ name, manifest }) => ({
      ...{ step: "parcel-prepare", what: `${name} on ${basename(host)}`, mark: markOf(manifest), replaces: false },
    }));

function migrationsIn(path: string): Effect[] {
  const database = new DatabaseSync(path, { timeout: 20_000 });
  try {
    return database
      .prepare("SELECT revision, applied_at AS mark FROM switchback_migrations")
      .all()
      .map(({ revision, mark }) => ({
        ...{ step: "parcel-schema", what: `migration ${String(revision)}`, mark: String(mark), replaces: false },
      }));
  } finally {
    database.close();
  }
}

const backupsIn = (store: string): Effect[] =>
  namesIn(inStore.backups(store))
    .map((id) => join(inStore.backup(store, id), "manifest.json"))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as { id: string; rollout: string; takenAt: string })
    .map(({ id, rollout, takenAt }) => ({
      ...{ step: "parcel-backup-take", what: `backup ${id}`, mark: takenAt, rollout, replaces: true },
    }));

const buildsIn = (store: string): Effect[] =>
  filesIn(dirname(inStore.build(store, "any")))
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ step: "parcel-build", what: `build ${basename(file)}`, mark: markOf(file), replaces: false }));

const signOffsIn = (store: string): Effect[] =>
  namesIn(dirname(inStore.evidence(store, "any")))
    .map((rollout) => ({ rollout, file: join(inStore.evidence(store, rollout), "sign-off.json") }))
    .filter(({ file }) => existsSync(file))
    .map(({ rollout, file }) => ({
      ...{ step: "parcel-sign-off", what: `sign-off of ${rollout}`, mark: markOf(file), rollout, replaces: true },
    }));
