import { cliVersion } from "../checkpoint.ts";
import { keyAndValue, print, requireYes, type Commands, type Flags } from "../command-line.ts";
import { configPlace } from "../configuration.ts";
import { Display } from "../display.ts";
import { openEventLog } from "../event-log.ts";
import { locked, removeLocks } from "../lock.ts";
import { defaultParallel, perform, type Outcome } from "../perform.ts";
import { previewJson } from "../preview-json.ts";
import { refuse, UserError } from "../user-error.ts";
import { openSession, type Session } from "../workspace.ts";
import type { EventSink } from "../events.ts";

const titles = { update: "Updating", refresh: "Refreshing", destroy: "Destroying" };
type Kind = keyof typeof titles;

export const commands: Commands = {
  async preview(flags) {
    const session = openForOperation(flags);
    conclude(flags, await operate(session, flags, "update", true), "for preview but changes were proposed");
  },
  up: (flags) => change(flags, "update"),
  update: (flags) => change(flags, "update"),
  refresh: (flags) => change(flags, "refresh"),
  destroy: (flags) => change(flags, "destroy"),

  /** Removes the stack's locks, whoever holds them. */
  cancel(flags, [stack = flags.stack]) {
    requireYes(flags.yes);
    const { backend, name } = openSession(flags, stack);
    removeLocks(backend, name);
    print(`The currently running update for '${name.stack}' has been canceled!`);
  },
};

async function change(flags: Flags, kind: Kind): Promise<void> {
  const { "skip-preview": skipsPreview, "preview-only": previewsOnly } = flags;
  requireYes(flags.yes ?? skipsPreview ?? previewsOnly, "--yes or --skip-preview or --preview-only");
  const session = openForOperation(flags);
  if (previewsOnly) {
    conclude(flags, await operate(session, flags, kind, true), "but changes were proposed");
    return;
  }
  const outcome = await locked(session, async () => {
    const previewed = skipsPreview ? undefined : await operate(session, flags, kind, true);
    return previewed?.ok === false ? previewed : operate(session, flags, kind, false, previewed !== undefined);
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
  const session = openSession(flags);
  const { file, project } = session;
  for (const { key, value } of (flags.config ?? []).map(keyAndValue)) {
    file.set(configPlace(key, project.name, flags["config-path"]), value);
  }
  if (flags.config) file.save();
  return session;
}

async function operate(
  session: Session,
  flags: Flags,
  kind: Kind,
  preview: boolean,
  previewed = false,
): Promise<Outcome> {
  if (flags.client !== undefined) throw refuse("an inline program of the Automation API");
  if (flags.json && !preview) throw refuse("--json for anything but a preview");
  const parallel = Number(flags.parallel ?? defaultParallel);
  return perform(session, {
    kind,
    preview,
    previewed,
    message: flags.message ?? "",
    parallel: Number.isInteger(parallel) && parallel > 0 ? parallel : 1,
    environment: {
      "exec.kind": flags["exec-kind"] ?? "cli",
      "pulumi.version": cliVersion,
      "pulumi.os": process.platform,
    },
    refresh: flags.refresh === "true",
    clearPendingCreates: flags["clear-pending-creates"] ?? false,
    sinks: await openSinks(session, flags, preview ? `Previewing ${kind}` : titles[kind]),
  });
}

async function openSinks({ name, project }: Session, flags: Flags, title: string): Promise<EventSink[]> {
  const { "event-log": log, diff = false } = flags;
  const told = flags.json ? previewJson() : new Display({ title, stack: name.stack, project: project.name, diff });
  return log === undefined ? [told] : [told, await openEventLog(log)];
}

function conclude(flags: Flags, { ok, changes }: Outcome, surprise: string): void {
  if (!ok) process.exitCode = 1;
  else if (flags["expect-no-changes"] && Object.keys(changes).some((op) => op !== "same")) {
    throw new UserError(`no changes were expected ${surprise}`, 7);
  }
}
