import { readAttempt } from "../../actions/rollout/attempt.ts";
import { holding, readLease } from "../../runtime/lease.ts";
import { nameOf } from "../../runtime/owner.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { type Answer, disagreements, look, type Reality } from "../../actions/platforms/servers/reality.ts";
import { asTyped, commandName, paint, say, table } from "../say.ts";
import type { Stack } from "../stack.ts";
import { whyNotStoreOf } from "../store.ts";
import type { State } from "../state.ts";
import { wayBackFrom } from "../way-back.ts";

export interface Held {
  readonly rollout: string;
  readonly release: string;
  readonly by: string;
  readonly heardOf: string;
  /** Its update was cut off: the next rollout takes the lease over. */
  readonly leftBehind: boolean;
}

export interface Status {
  readonly stack: string;
  /** What the state says. */
  readonly serving: string;
  readonly asked: string;
  readonly rollout: string;
  readonly ended: string;
  readonly reality: Reality | undefined;
  /** Empty when all agree. */
  readonly disagreements: readonly string[];
  /** Why what the store says is no answer; undefined when it is one. */
  readonly wrongStore: string | undefined;
  /** The rollout that may change the environment now; undefined for none. */
  readonly lease: Held | undefined;
  /** A rollout that was opened and never came to a decision. */
  readonly unfinished: { readonly rollout: string; readonly release: string } | undefined;
  readonly wayBack: State["wayBack"];
}

/** Exit code 0: state and reality agree; 1: they do not; 3: nothing serves, and nothing should. */
export async function status(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const state = await stack.state();
  const { settings } = stack;
  const wrongStore = whyNotStoreOf(stack, state);
  const known = wrongStore === undefined;
  const found: Status = {
    ...(await findOut(stack, state, settings.store, known)),
    ...{ wrongStore, wayBack: known ? await wayBackFrom(state, settings) : undefined },
  };
  if (options.json) say(JSON.stringify(found, undefined, 2));
  else for (const line of describe(found)) say(line);
  if (found.disagreements.length > 0 || !known) return 1;
  return found.serving === "none" ? 3 : 0;
}

async function findOut(
  { name }: Stack,
  state: State | undefined,
  store: string,
  known: boolean,
): Promise<Omit<Status, "wayBack" | "wrongStore">> {
  const { record, activation } = state ?? {};
  const serving = record?.serving ?? "none";
  const reality = activation && (await look(activation, store));
  const attempt = known ? readAttempt(store) : undefined;
  return {
    stack: name,
    serving,
    asked: record?.asked ?? "none",
    rollout: record?.rollout ?? "none",
    ended: record?.ended ?? "none",
    reality,
    disagreements: reality && serving !== "none" ? disagreements(serving, reality) : [],
    lease: known ? heldIn(store) : undefined,
    unfinished:
      attempt && attempt.id !== record?.rollout ? { rollout: attempt.id, release: attempt.release } : undefined,
  };
}

function heldIn(store: string): Held | undefined {
  const lease = readLease(store);
  const state = holding(store, lease);
  if (lease === undefined || state === "free") return undefined;
  const { rollout, release, owner, heartbeat } = lease;
  return { rollout, release, by: nameOf(owner), heardOf: heartbeat, leftBehind: state === "abandoned" };
}

const endings: Readonly<Record<string, string>> = {
  good: "",
  stays: ", and is not well",
  bad: ", after ASKED was taken back",
};

export function describe(found: Status): string[] {
  const { serving, rollout, reality, lease, unfinished, wayBack, asked, ended } = found;
  const says =
    serving === "none"
      ? "nothing serves"
      : `${paint("bold", serving)}${(endings[ended] ?? "").replace("ASKED", asked)} (rollout ${rollout})`;
  return [
    paint("bold", found.stack),
    ...table([
      ["state says", says],
      ...(reality ? ([["really serves", `${told(reality.address)} at the address`]] as const) : []),
      ...(reality?.hosts ?? []).map(
        (host) => [`  ${host.name}`, `${told(host)} at ${host.address}, current is ${host.current}`] as const,
      ),
      [
        "agree",
        found.disagreements.length === 0
          ? paint("green", "yes")
          : paint("red", `no\n${found.disagreements.join("\n")}`),
      ],
      [
        "being changed",
        found.wrongStore === undefined ? changing(lease) : paint("red", `unknown: ${found.wrongStore}`),
      ],
      ...(unfinished ? ([["unfinished", `rollout ${unfinished.rollout} of ${unfinished.release}`]] as const) : []),
      ...(wayBack && wayBack.how !== "" && !unfinished
        ? ([["way back", [asTyped(wayBack.command), wayBack.how].filter(Boolean).join("\n")]] as const)
        : []),
      ...nextStep(found),
    ]),
  ];
}

function changing(lease: Held | undefined): string {
  if (lease === undefined) return "no";
  const { rollout, release, by, heardOf, leftBehind } = lease;
  return leftBehind
    ? `no, but rollout ${rollout} (${release}) was cut off`
    : `rollout ${rollout} (${release}) by ${by}, heard of at ${heardOf}`;
}

const told = ({ release, commit, wrong }: Answer): string =>
  wrong === undefined ? `${release ?? "?"} (${(commit ?? "").slice(0, 7)})` : paint("red", wrong);

function nextStep(found: Status): [string, string][] {
  const { disagreements: wrong, serving, unfinished, lease } = found;
  if (found.wrongStore !== undefined) return [];
  const up = `${commandName()} up`;
  if (lease !== undefined && !lease.leftBehind) return [];
  if (unfinished) {
    const back = serving === "none" ? "" : `, or go back to what served: ${commandName()} rollback`;
    return [["next", `go on with ${unfinished.release}: ${up}${back}`]];
  }
  if (serving === "none") return [["next", up]];
  return wrong.length > 0 ? [["next", `make ${serving} serve again: ${up} --again`]] : [];
}
