/** Proves that what was done twice is seen, and that what was done once, or again by right, is not taken for it. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { append } from "../../runtime/ledger.ts";
import type { Use } from "../../testing/script.ts";
import { temporaryFolder } from "./context.ts";
import { doneTwice, effectsOf, lookAt, type Places, type World } from "./effects.ts";

/** An environment with one host, in which things are done by hand. */
class Place {
  readonly #places: Places;
  readonly #sql: DatabaseSync;
  #time = 0;

  constructor() {
    const folder = temporaryFolder();
    this.#places = { hosts: [join(folder, "host-0")], database: join(folder, "db"), store: join(folder, "store") };
    this.#sql = new DatabaseSync(this.#places.database);
    this.#sql.exec("CREATE TABLE switchback_migrations (revision TEXT, applied_at TEXT)");
  }

  get world(): World {
    return lookAt(this.#places);
  }

  /** A time after all that was done so far. */
  now(): number {
    return Date.UTC(2026, 0, 1) + ++this.#time;
  }

  load(release: string, message = "serves, after another"): void {
    const file = join(this.#places.hosts[0] ?? "", "log/parcel.log");
    mkdirSync(dirname(file), { recursive: true });
    const line = { time: new Date(this.now()).toISOString(), level: "info", release, message };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }

  migrate(): void {
    this.#sql.exec(
      `DELETE FROM switchback_migrations; INSERT INTO switchback_migrations VALUES ('0002', ${this.now()})`,
    );
  }

  prepare(): void {
    const folder = join(this.#places.hosts[0] ?? "", "releases/v2-f");
    rmSync(folder, { recursive: true, force: true });
    this.#write(join(folder, ".switchback.json"), { at: this.now() });
  }

  backUp(id = "2-b-v1"): void {
    const manifest = { id, rollout: "2-b", takenAt: String(this.now()) };
    this.#write(join(inStore.backup(this.#places.store, id), "manifest.json"), manifest);
  }

  record(step: string): void {
    const about = { rollout: "2-b", release: "v2", action: "a", fencing: 1, began: "", seconds: 0, by: "me" };
    append(inStore.ledger(this.#places.store), { kind: "step", step, ...about });
  }

  #write(file: string, value: object): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
}

const use = (step: string, how: Use["how"], rollout = "2-b"): Use => ({ step, how, rollout, action: "a", own: true });

/** What is seen when that is done, then cut off, and that done next. */
function seen(
  first: (place: Place) => void,
  next: (place: Place) => void,
  { uses = [use("parcel-build", "ended")], usesAfter = [use("parcel-gate", "ended")] } = {},
): [wrong: string[], effects: number] {
  const place = new Place();
  const before = place.world;
  first(place);
  const [atCut, takenUp] = [place.world, place.now()];
  next(place);
  const cut = { before, atCut, after: place.world, takenUp, uses, usesAfter };
  return [doneTwice(cut), effectsOf(cut)];
}

test("what is done once is counted, and nothing is wrong", () => {
  const half = (place: Place): void => {
    place.prepare();
    place.backUp();
  };
  const rest = (place: Place): void => {
    place.migrate();
    place.load("v2");
  };
  expect(seen(half, rest)).toEqual([[], 4]);
});

test.for([
  ["a migration", (place: Place) => place.migrate(), "migration 0002 was done again"],
  ["a release on a host", (place: Place) => place.prepare(), "v2-f on host-0 was done again"],
  ["a load", (place: Place) => place.load("v2"), "host-0 was told twice to load v2"],
] as const)("%s that was complete and is done again is seen; by another rollout it may be", ([what, act, words]) => {
  expect(seen(act, act)[0]).toEqual([words]);
  const other = { usesAfter: [use("parcel-gate", "ended", "3-c")] };
  expect(seen(act, act, other)[0]).toEqual(what === "a load" ? [words] : []);
});

test("a backup takes its own place as long as its step is not recorded; a second one beside it is seen", () => {
  const recorded = (place: Place): void => {
    place.backUp();
    place.record("parcel-backup-take");
  };
  const again = (place: Place): void => {
    place.backUp();
  };
  const beside = (place: Place): void => {
    place.backUp("2-b-v2");
  };
  expect(seen(again, again)[0]).toEqual([]);
  expect(seen(recorded, again)[0]).toEqual(["backup 2-b-v1 was done again"]);
  expect(seen(again, beside)[0]).toEqual(["parcel-backup-take in 2-b has more than one"]);
});

test("to load something else in between, or what did not come up, is not the same twice", () => {
  const back = (place: Place): void => {
    place.load("v1");
    place.load("v2");
  };
  const failed = (place: Place): void => {
    place.load("v3", "does not come up: no memory");
    place.load("v2");
  };
  expect([seen((place) => place.load("v2"), back)[0], seen((place) => place.load("v2"), failed)[0]]).toEqual([[], []]);
});

test("an application that was at it when it was cut off may be told again, unless the step had ended", () => {
  const late = (place: Place): void => {
    place.load("v2");
    place.load("v2");
  };
  const nothing = (): void => undefined;
  expect(seen(nothing, late, { uses: [use("parcel-activation", "began")] })[0]).toEqual([]);
  expect(seen(nothing, late)[0]).toEqual(["host-0 was told twice to load v2"]);
  const reverted = (place: Place): void => {
    place.load("v3");
    place.load("v1");
  };
  const ended = { uses: [use("parcel-activation", "ended")] };
  expect(seen(reverted, reverted, ended)[0]).toEqual([
    "host-0 was told twice to load v3",
    "host-0 was told twice to load v1",
  ]);
});

test("a step that is recorded and begins again is seen", () => {
  const record = (place: Place): void => {
    place.record("parcel-build");
  };
  expect(seen(record, () => undefined, { usesAfter: [use("parcel-build", "began")] })[0]).toEqual([
    "parcel-build in 2-b began again, though it was recorded",
  ]);
});
