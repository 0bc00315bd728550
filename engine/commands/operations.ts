import { cpus } from "node:os";
import { keyAndValue, print, type Commands, type Flags } from "../command-line.ts";
import { configPlace } from "../configuration.ts";
import { display, previewJson } from "../display.ts";
import { isUnchanged, openEventLog, type Op } from "../events.ts";
import { locked, removeLocks } from "../lock.ts";
import { perform, type Kind, type Outcome } from "../perform.ts";
import { refuse, UserError } from "../user-error.ts";
import { openSession, type Session } from "../workspace.ts";

const titles = { update: "Updating", refresh: "Refreshing", destroy: "Destroying" };

export const commands: Commands = {
  async preview(flags) {
    const session = openForOperation(flags);
    conclude(flags, await operate(session, flags, "update", "preview"), "for preview but changes were proposed");
  },
  up: (flags) => change(flags, "update"),
  update: (flags) => change(flags, "update"),
  refresh: (flags) => change(flags, "refresh"),
  destroy: (flags) => change(flags, "destroy"),

  /** Removes the stack's locks, whoever holds them. */
  cancel(flags, [stack = flags.stack]) {
    const { backend, name } = openSession(flags, stack);
    removeLocks(backend, name);
    print(`The currently running update for '${name.stack}' has been canceled!`);
  },
};

async function change(flags: Flags, kind: Kind): Promise<void> {
  const { "skip-preview": skipsPreview, "preview-only": previewsOnly } = flags;
  if (kind === "destroy" && flags["expect-no-changes"]) throw new UserError("unknown flag: --expect-no-changes");
  if (!(flags.yes ?? skipsPreview ?? previewsOnly)) {
    const any = "--yes or --skip-preview or --preview-only";
    throw new UserError(`${any} must be passed in to proceed when running in non-interactive mode`, 2);
  }
  const session = openForOperation(flags);
  if (previewsOnly) {
    conclude(flags, await operate(session, flags, kind, "preview"), "but changes were proposed");
    return;
  }
  if (flags.json) throw refuse("--json for anything but a preview");
  const outcome = await locked(session, async () => {
    if (skipsPreview) return operate(session, flags, kind, process.env.SWITCHBACK_PREVIEWED ? "previewed" : "unseen");
    const previewed = await operate(session, flags, kind, "preview");
    return previewed.ok ? operate(session, flags, kind, "previewed") : previewed;
  });
  if (outcome.ok && kind === "destroy") {
    print(
      "The resources in the stack have been deleted, but the history and configuration associated with the stack are " +
        `still maintained. \nIf you want to remove the stack completely, run \`pulumi stack rm ${session.name.stack}\`.`,
    );
  }
  conclude(flags, outcome, "but changes occurred");
}

/** `-c KEY=VALUE` is written to the stack's file, as the CLI does it. */
function openForOperation(flags: Flags): Session {
  if (flags.client !== undefined) throw refuse("an inline program of the Automation API");
  const session = openSession(flags);
  const { file, project } = session;
  for (const { key, value } of (flags.config ?? []).map(keyAndValue)) {
    file.set(configPlace(key, project.name, flags["config-path"]), value);
  }
  if (flags.config) file.save();
  return session;
}

async function operate(session: Session, flags: Flags, kind: Kind, mode: "preview" | "previewed" | "unseen") {
  const preview = mode === "preview";
  const { diff = false, "event-log": log } = flags;
  const title = preview ? `Previewing ${kind}` : titles[kind];
  const sinks = [flags.json ? previewJson() : display({ title, stack: session.name.stack, diff })];
  if (log !== undefined) sinks.push(await openEventLog(log));
  const parallel = Number(flags.parallel ?? 4 * cpus().length);
  const atLeastOne = Number.isInteger(parallel) && parallel > 0 ? parallel : 1;
  return perform(session, { kind, preview, rehearses: mode === "unseen", parallel: atLeastOne, flags, sinks });
}

function conclude(flags: Flags, { ok, changes }: Outcome, surprise: string): void {
  if (!ok) process.exitCode = 1;
  else if (flags["expect-no-changes"] && Object.keys(changes).some((op) => !isUnchanged(op as Op))) {
    throw new UserError(`no changes were expected ${surprise}`, 7);
  }
}
