import { readAttempt } from "../../actions/rollout/attempt.ts";
import { readLease } from "../../runtime/lease.ts";
import { isAlive, nameOf } from "../../runtime/owner.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { type Answer, disagreements, look, type Reality } from "../reality.ts";
import { asTyped, commandName, paint, say, table } from "../say.ts";
import type { Stack } from "../stack.ts";
import type { State } from "../state.ts";
import { wayBackFrom } from "../way-back.ts";

export interface Held {
  readonly rollout: string;
  readonly release: string;
  readonly by: string;
  readonly until: string;
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
  const found = { ...(await findOut(stack, state, settings.store)), wayBack: await wayBackFrom(state, settings) };
  if (options.json) say(JSON.stringify(found, undefined, 2));
  else for (const line of describe(found)) say(line);
  if (found.disagreements.length > 0) return 1;
  return found.serving === "none" ? 3 : 0;
}

async function findOut(
  { name, lockHolder }: Stack,
  state: State | undefined,
  store: string,
): Promise<Omit<Status, "wayBack">> {
  const { record, activation } = state ?? {};
  const serving = record?.serving ?? "none";
  const reality = activation && (await look(activation, store));
  const attempt = readAttempt(store);
  return {
    stack: name,
    serving,
    asked: record?.asked ?? "none",
    rollout: record?.rollout ?? "none",
    ended: record?.ended ?? "none",
    reality,
    disagreements: reality && serving !== "none" ? disagreements(serving, reality) : [],
    lease: heldIn(store, lockHolder),
    unfinished:
      attempt && attempt.id !== record?.rollout ? { rollout: attempt.id, release: attempt.release } : undefined,
  };
}

/** Between two steps nobody who took the lease is alive: whether the update still runs is seen by the stack's lock. */
function heldIn(store: string, holder: Stack["lockHolder"]): Held | undefined {
  const lease = readLease(store);
  if (lease === undefined || lease.rollout === "" || Date.parse(lease.expires) < Date.now()) return undefined;
  const { rollout, release, owner, expires } = lease;
  const leftBehind = (holder?.state === "nobody" || holder?.state === "dead") && isAlive(owner) === false;
  return { rollout, release, by: nameOf(owner), until: expires, leftBehind };
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
      ["being changed", changing(lease)],
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
  const { rollout, release, by, until, leftBehind } = lease;
  return leftBehind
    ? `no, but rollout ${rollout} (${release}) was cut off`
    : `rollout ${rollout} (${release}) by ${by}, until ${until} at most`;
}

const told = ({ release, commit, wrong }: Answer): string =>
  wrong === undefined ? `${release ?? "?"} (${(commit ?? "").slice(0, 7)})` : paint("red", wrong);

function nextStep({ disagreements: wrong, serving, unfinished, lease }: Status): [string, string][] {
  const up = `${commandName()} up`;
  if (lease !== undefined && !lease.leftBehind) return [];
  if (unfinished) {
    const back = serving === "none" ? "" : `, or go back to what served: ${commandName()} rollback`;
    return [["next", `go on with ${unfinished.release}: ${up}${back}`]];
  }
  if (serving === "none") return [["next", up]];
  return wrong.length > 0 ? [["next", `make ${serving} serve again: ${up} --again`]] : [];
}
