/** Asks every check of the sample's pipeline about a release that runs alone: the real ones, in this process. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Call } from "../../../actions/action.ts";
import type { Verdict } from "../../../actions/check.ts";
import { type checkSecrets, smokeChecks } from "../../../examples/parcel/checks.ts";
import { git } from "../../../examples/parcel/git.ts";
import { inStore } from "../../../release/store.ts";
import { loadAction } from "../../../runtime/load.ts";
import { makeContext } from "../../support/context.ts";
import { smokePassword } from "../../support/parcel-host.ts";
import { paymentSecret, type ReleaseAlone } from "./release-alone.ts";

const secrets: Readonly<Record<(typeof checkSecrets)[number], string>> = {
  SMOKE_PASSWORD: smokePassword,
  PAYMENT_SECRET: paymentSecret,
};

export interface Asked {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Everything that was said, or kept with the evidence. */
  readonly said: string;
}

/** All of them, as in a rollout that began a moment ago; those left out by name are not asked. */
export async function askAll(
  { url, host }: ReleaseAlone,
  { tag, before, store, without }: { tag: string; before: string; store: string; without: readonly string[] },
): Promise<Asked> {
  const rollout = `1-${tag}`;
  mkdirSync(store, { recursive: true });
  const began = new Date(Date.now() - 60_000).toISOString();
  writeFileSync(inStore.ledger(store), `${JSON.stringify({ rollout, began })}\n`, { flag: "a" });
  // As an activation does, to see whether it is well.
  await fetch(`${url}/api/health`);
  const checks = smokeChecks({
    ...{ address: url, release: tag, before, directory: host.directory, database: host.database },
    commit: await git(host.repository, ["rev-parse", `${tag}^{commit}`]),
    timeoutSeconds: 10,
  });
  const said: string[] = [];
  const ask = async (name: string, { action, args }: Call): Promise<readonly [string, Verdict]> => {
    const surroundings = makeContext({ step: `parcel-smoke-${name}`, release: tag, rollout, store, secrets });
    const verdict = (await (await loadAction(action)).run(args, surroundings.context)) as Verdict;
    const texts = Object.values(surroundings.kept).map((content) => Buffer.from(content).toString("latin1"));
    said.push(verdict.seen, ...surroundings.told, ...surroundings.logged, ...texts);
    return [name, verdict];
  };
  const { latency, sse, logs, ...others } = checks;
  // Those that look at the clock come before the others make the machine busy, and the log last, with the marks of all.
  const timed = [await ask("latency", latency), await ask("sse", sse)];
  const rest = Object.entries(others).filter(([name]) => !without.includes(name));
  const verdicts = [...timed, ...(await Promise.all(rest.map(([name, check]) => ask(name, check))))];
  return { verdicts: Object.fromEntries([...verdicts, await ask("logs", logs)]), said: said.join("\n") };
}

export const secretsIn = (text: string): string[] =>
  Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
