import { inStore } from "../release/store.ts";
import { readLedger } from "../runtime/ledger.ts";
import { downtimeInWords } from "../report/markdown.ts";
import { rolloutsOf } from "../report/rollouts.ts";
import { writeReport } from "../report/write.ts";
import type { Problem } from "./problem.ts";
import { asTyped, commandName, paint, say, seconds, table } from "./say.ts";
import type { Stack } from "./stack.ts";
import { wayBackFrom } from "./way-back.ts";

/** How an update ended, as data. */
export interface Outcome {
  readonly ok: boolean;
  readonly asked: string;
  readonly serving: string;
  readonly address: string;
  readonly rollout: string;
  /** Whether anything was done at all. */
  readonly ran: boolean;
  readonly seconds: number;
  /** What went wrong, with the last log lines of what failed; empty for nothing. */
  readonly failure: string;
  readonly next: string;
  readonly wayBack: { readonly how: string; readonly command: string };
  readonly downtime?: string;
  readonly report?: string;
}

interface Update {
  readonly asked: string;
  readonly error: Problem | undefined;
  /** Number of entries the ledger had before. */
  readonly since: number;
  readonly milliseconds: number;
}

/** Reads how an update ended from the state and the ledger, and writes its report. */
export async function outcomeOf(stack: Stack, { asked, error, since, milliseconds }: Update): Promise<Outcome> {
  const { store, address } = stack.settings;
  const state = await stack.state();
  const entries = readLedger(inStore.ledger(store)).slice(since);
  const rollout = rolloutsOf(entries).at(-1);
  const id = rollout?.id ?? state?.record?.rollout ?? "";
  const written = writeReport(stack.name, store, id, state?.record?.rollout === id ? state.record.plan : undefined);
  const told =
    rollout && rollout.failures.length > 0 ? rollout.failures.map(({ message }) => message) : [error?.message ?? ""];
  const { text, next } = splitNext([...new Set(told)].join("\n"));
  const downtime = rollout === undefined || written === undefined ? undefined : downtimeInWords(written.report);
  return {
    ok: error === undefined,
    asked,
    serving: state?.record?.serving ?? "none",
    address,
    rollout: id,
    ran: milliseconds > 0,
    seconds: milliseconds / 1000,
    failure: error === undefined ? "" : asTyped(text),
    next: asTyped(next),
    wayBack: (await wayBackFrom(state, stack.settings)) ?? { how: "", command: "" },
    ...(downtime === undefined ? {} : { downtime }),
    ...(written === undefined ? {} : { report: written.path }),
  };
}

/** The pipeline's own words say what to do next on a line of its own; it is shown last. */
function splitNext(message: string): { text: string; next: string } {
  const lines = message.split("\n");
  const next = lines.filter((line) => line.startsWith("Next: ")).map((line) => line.slice("Next: ".length));
  return { text: lines.filter((line) => !line.startsWith("Next: ")).join("\n"), next: next.join("\n") };
}

export function showOutcome(outcome: Outcome): void {
  say();
  for (const line of outcome.ok ? success(outcome) : failure(outcome)) say(line);
}

function success({ ran, serving, address, rollout, downtime, report, wayBack, ...rest }: Outcome): string[] {
  const head = ran
    ? `${paint("green", "✓")} ${paint("bold", `${serving} serves at ${address}`)} (rollout ${rollout}, ${seconds(rest.seconds * 1000)})`
    : `${paint("green", "✓")} nothing to do: the state says that ${serving} serves at ${address} (rollout ${rollout})`;
  const command = wayBack.command === "" ? "" : `${asTyped(wayBack.command)}\n`;
  return [
    head,
    ...table([
      ["way back", `${command}${wayBack.how}`],
      ...(downtime === undefined ? [] : ([["downtime", downtime]] as const)),
      ...(report === undefined ? [] : ([["report", report]] as const)),
    ]),
  ];
}

function failure({ asked, serving, address, rollout, ran, downtime, report, next, ...rest }: Outcome): string[] {
  const took = ran ? [seconds(rest.seconds * 1000)] : [];
  const about = ` (${[...(rollout === "" ? [] : [`rollout ${rollout}`]), ...took].join(", ")})`;
  const serves = serving === "none" ? "nothing" : `${serving} at ${address}`;
  return [
    `${paint("red", "✗")} ${paint("bold", ran ? `${asked} was not released` : "nothing was done, and what serves is not what the state says")}${about}`,
    ...rest.failure
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    ...table([
      ...(downtime === undefined ? [] : ([["downtime", downtime]] as const)),
      ...(report === undefined ? [] : ([["report", report]] as const)),
      ...(ran ? ([["serves now", paint("bold", serves)]] as const) : []),
      ["next", next === "" ? `mend it, then: ${commandName()} up` : next],
    ]),
  ];
}
