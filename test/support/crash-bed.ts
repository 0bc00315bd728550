/** An environment of two hosts in which rollouts of the sample application are cut off, taken up again, and looked at. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { git } from "../../examples/parcel/git.ts";
import { makeRepository } from "../../examples/parcel/repository.ts";
import { unpackRecord } from "../../actions/rollout/unpack-record.ts";
import { readLedger, verify } from "../../runtime/ledger.ts";
import { inStore } from "../../release/store.ts";
import { freePort } from "../../testing/free-port.ts";
import type { Moment } from "../../testing/script.ts";
import { type Run } from "../../testing/run.ts";
import { TestStack } from "../../testing/test-stack.ts";
import {
  another,
  type Cell,
  commandAfter,
  commandFor,
  first,
  type Found,
  second,
  startOf,
  targetOf,
} from "./crash-cells.ts";
import { type Engine, repository } from "./engines.ts";
import { leanProgram } from "./lean-program.ts";
import { doneTwice, effectsOf, lookAt, type World } from "./effects.ts";
import { filesIn, processesOf } from "./left-behind.ts";

const schemas: Readonly<Record<string, string>> = { [first]: "0001", [second]: "0002", [another]: "0002" };
/** The application and what keeps it running outlive every cut, as on a machine of their own. */
const application = /bin\/parcel\.ts|(supervisor|web|labels)\/main\.ts/;

export class CrashBed {
  readonly #copies: readonly [TestStack, TestStack];
  readonly #ports: readonly number[];
  /** Steps that tell nothing of what they do, with their directions. */
  readonly #silent = new Set<string>();
  #serving = first;
  #orders = 0;

  /** `program`: the pipeline; default is the lean one, because there are hundreds of cells. */
  static async open({ name, path }: Engine, program = leanProgram("./")): Promise<CrashBed> {
    const ports = await Promise.all([freePort(), freePort()]);
    const engine = name === "embedded" ? {} : { engine: path };
    const options = { project: repository, spare: application, ...engine };
    const stack = await TestStack.open(options);
    writeFileSync(join(stack.folder, "index.ts"), program);
    const place = (path: string): string => join(stack.folder, "environment", path);
    await makeRepository(place("repository"));
    await tagAnother(place("repository"));
    stack.configure({
      "switchback:release": first,
      "switchback:source": { repository: place("repository") },
      "switchback:environment": {
        address: `http://127.0.0.1:${ports[0]}`,
        hosts: ports.map((port, i) => ({
          name: `host-${i}`,
          directory: place(`host-${i}`),
          address: `http://127.0.0.1:${port}`,
          variables: { PORT: `${port}`, HOST_ADDRESS: "127.0.0.1" },
        })),
        store: place("store"),
      },
      "switchback:database": { path: place("parcel.sqlite") },
      "switchback:checks": { attempts: 8, intervalSeconds: 0.2, freeMegabytes: 1 },
      "switchback:policies": {},
    });
    const beside = await TestStack.open({ ...options, beside: stack });
    writeFileSync(join(beside.folder, "index.ts"), program);
    const bed = new CrashBed([stack, beside], ports);
    await bed.#go(stack, "up", "--release", first);
    return bed;
  }

  private constructor(copies: readonly [TestStack, TestStack], ports: readonly number[]) {
    this.#copies = copies;
    this.#ports = ports;
  }

  /** The release that serves now. */
  get serving(): string {
    return this.#serving;
  }

  /** Ends the application and removes everything. */
  async remove(): Promise<void> {
    const [stack, beside] = this.#copies;
    stack.forget();
    await stack.switchback("stop");
    beside.remove();
    stack.remove();
  }

  /** Cuts a rollout off, takes it up as the cell says, and looks at everything. */
  async run(cell: Cell): Promise<Found> {
    if (cell.when !== "at work") return this.#cut(cell, cell.when);
    const place = `${cell.direction} ${cell.step}`;
    if (!this.#silent.has(place)) {
      const found = await this.#cut(cell, { inside: 1 });
      if (found.happened || found.wrong.length > 0) return found;
      this.#silent.add(place);
    }
    return this.#cut(cell, "before");
  }

  async #cut(cell: Cell, when: Moment): Promise<Found> {
    const [stack, beside] = this.#copies;
    await this.#begin(startOf(cell.direction));
    if (cell.direction === "forward") this.#clearHosts();
    const before = this.#world();
    const orders = [this.#order()];
    const happened = stack.crash(`parcel-${cell.step}`, when, cell.what);
    const cut = await this.#rollout(stack, cell);
    stack.forget();
    if (!happened()) {
      this.#serving = await this.#outputs(stack);
      const isWell = cut.ok === (cell.direction !== "revert");
      return { happened: false, wrong: isWell ? [] : [`nothing was cut off, and it exited: ${lastOf(cut)}`] };
    }
    const atCut = this.#world();
    orders.push(this.#order());
    const copy = cell.copy === "same" ? stack : beside;
    const target = targetOf(cell);
    const isTakenBack = target.endsWith("-broken");
    const words = commandAfter(cell, target, await this.#outputs(stack));
    const takenUp = Date.now();
    const taken = await copy.switchback(...words, "--yes");
    orders.push(this.#order());
    const expected = isTakenBack ? first : target;
    this.#serving = expected;
    const wrong =
      taken.ok === isTakenBack ? [`the next command exited ${taken.exitCode ?? "?"}: ${lastOf(taken)}`] : [];
    wrong.push(...(await this.#look(copy, expected, orders)));
    const after = this.#world();
    wrong.push(...doneTwice({ before, atCut, after, takenUp, uses: cut.uses, usesAfter: taken.uses }));
    return { happened: true, wrong, effects: effectsOf({ before, after }) };
  }

  /** What is not as it must be with a release that is to serve. */
  async #look(stack: TestStack, release: string, orders: readonly string[]): Promise<string[]> {
    const wrong: string[] = [];
    const is = (what: string, found: unknown, wanted: unknown): void => {
      if (found !== wanted) wrong.push(`${what} is ${String(found)}, not ${String(wanted)}`);
    };
    is("serving by the state", await this.#outputs(stack), release);
    for (const port of this.#ports) {
      const health = await ask<{ status: string; schema: string }>(port, "/api/health");
      is(`release on ${port}`, (await ask<{ release: string }>(port, "/api/version")).release, release);
      is(`health on ${port}`, health.status, "ok");
      is(`schema on ${port}`, health.schema, schemas[release]);
    }
    const numbers = `SELECT number FROM orders WHERE number IN ('${orders.join("', '")}')`;
    const kept = this.#inDatabase((database) => database.prepare(numbers).all());
    is("number of orders", kept.length, orders.length);
    const environment = join(this.#copies[0].folder, "environment");
    const store = join(environment, "store");
    const lease = JSON.parse(readFileSync(inStore.lease(store), "utf8")) as { rollout: string };
    is("holder of the lease", lease.rollout, "");
    is("locks", filesIn(join(this.#copies[0].folder, ".switchback/backend/.pulumi/locks")).join(", "), "");
    const unfinished = /\.(tmp|lock|stale|partial)$|scratch|\.part(\/|$)|\/releases\/\./;
    const left = filesIn(environment).filter((file) => unfinished.test(file) && !file.endsWith("/run/supervisor.lock"));
    is("leftovers", left.join(", "), "");
    const folders = this.#copies.map(({ folder }) => folder);
    is("processes", processesOf(folders, application).join("; "), "");
    is("ledger", verify(inStore.ledger(store)).join("; "), "");
    const done = readLedger(inStore.ledger(store))
      .filter(({ kind }) => kind === "step")
      .map(({ rollout, step }) => `${rollout} ${step}`);
    is("steps done twice", done.filter((one, i) => done.indexOf(one) !== i).join(", "), "");
    return wrong;
  }

  #world(): World {
    const environment = join(this.#copies[0].folder, "environment");
    const hosts = [...this.#ports.keys()].map((host) => join(environment, `host-${host}`));
    return lookAt({ hosts, database: join(environment, "parcel.sqlite"), store: join(environment, "store") });
  }

  #rollout(stack: TestStack, cell: Cell): Promise<Run> {
    const wanted = { ...cell, next: "same" } as const;
    return stack.switchback(...commandFor(wanted, targetOf(wanted)), "--yes");
  }

  /** Brings the environment to where a cell begins. */
  async #begin(release: string): Promise<void> {
    const [stack] = this.#copies;
    if (this.#serving === release) return;
    if (this.#serving !== first) await this.#go(stack, "rollback", first);
    if (release === second) await this.#go(stack, "up", "--release", second, "--again");
    this.#serving = release;
  }

  /** Has what an earlier cell has prepared prepared again. */
  #clearHosts(): void {
    for (const i of this.#ports.keys()) {
      const releases = join(this.#copies[0].folder, `environment/host-${i}/releases`);
      for (const name of readdirSync(releases))
        if (name.startsWith(`${second}-`)) rmSync(join(releases, name), { recursive: true });
    }
  }

  async #go(stack: TestStack, ...words: string[]): Promise<void> {
    const run = await stack.switchback(...words, "--yes");
    if (!run.ok) throw new Error(`${words.join(" ")}: ${run.text}`);
  }

  async #outputs(stack: TestStack): Promise<string> {
    const { serving, record } = (await stack.outputs()) as { serving: string; record: unknown };
    return unpackRecord(record).serving === serving ? serving : `${serving}, but its record says otherwise`;
  }

  /** A write of a customer that is acknowledged, whatever columns the table has: a step that lives on may change them. */
  #order(): string {
    const number = `order ${++this.#orders}`;
    return this.#inDatabase((database) => {
      database.exec("BEGIN IMMEDIATE");
      const columns = database
        .prepare("SELECT name FROM pragma_table_info('orders') WHERE name NOT IN ('id', 'number')")
        .all()
        .map(({ name }) => String(name))
        .join(", ");
      database.exec(
        `INSERT INTO orders (number, ${columns}) SELECT '${number}', ${columns} FROM orders LIMIT 1; COMMIT`,
      );
      return number;
    });
  }

  #inDatabase<T>(use: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(join(this.#copies[0].folder, "environment/parcel.sqlite"), { timeout: 20_000 });
    try {
      return use(database);
    } finally {
      database.close();
    }
  }
}

const lastOf = ({ text }: Run): string => text.trim().split("\n").slice(-6).join(" | ");

async function tagAnother(folder: string): Promise<void> {
  const as = ["-c", "user.name=Mira", "-c", "user.email=mira@parcel.test"];
  await git(folder, ["checkout", "--quiet", "--detach", second]);
  await git(folder, [...as, "commit", "--quiet", "--allow-empty", "--message", "Another release"]);
  await git(folder, [...as, "tag", "--annotate", "--message", "Another release", another]);
  await git(folder, ["checkout", "--quiet", "main"]);
}

async function ask<T>(port: number, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
  return (await response.json()) as T;
}
