import { cliVersion } from "../checkpoint.ts";
import { keyAndValue, print, requireYes, type Commands, type Flags } from "../command-line.ts";
import { configPlace } from "../configuration.ts";
import { removeLocks } from "../lock.ts";
import { defaultParallel, locked, perform, type Outcome } from "../perform.ts";
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
  const unasked = flags.yes ?? flags["skip-preview"] ?? flags["preview-only"];
  requireYes(unasked, "--yes or --skip-preview or --preview-only");
  const session = openForOperation(flags);
  if (flags["preview-only"]) {
    conclude(flags, await operate(session, flags, kind, true), "but changes were proposed");
    return;
  }
  const outcome = await locked(session, async () => {
    const previewed = flags["skip-preview"] ? undefined : await operate(session, flags, kind, true);
    return previewed?.ok === false ? previewed : operate(session, flags, kind, false);
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

async function operate(session: Session, flags: Flags, kind: Kind, preview: boolean): Promise<Outcome> {
  if (flags.client !== undefined) throw refuse("an inline program of the Automation API");
  if (flags.json && !preview) throw refuse("--json for anything but a preview");
  const parallel = Number(flags.parallel ?? defaultParallel);
  return perform(session, {
    kind,
    preview,
    message: flags.message ?? "",
    parallel: Number.isInteger(parallel) && parallel > 0 ? parallel : 1,
    environment: environment(flags),
    refresh: flags.refresh === "true",
    clearPendingCreates: flags["clear-pending-creates"] ?? false,
    sinks: await openSinks(session, flags, preview ? `Previewing ${kind}` : titles[kind]),
  });
}

async function openSinks({ name, project }: Session, flags: Flags, title: string): Promise<EventSink[]> {
  const sinks: EventSink[] = [];
  if (flags.json) sinks.push(new (await import("../preview-json.ts")).PreviewJson());
  else {
    const { Display } = await import("../display.ts");
    sinks.push(new Display({ title, stack: name.stack, project: project.name, diff: flags.diff ?? false }));
  }
  const log = flags["event-log"];
  if (log !== undefined) sinks.push(await (await import("../event-log.ts")).openEventLog(log));
  return sinks;
}

/** What the history says about where an update came from. */
function environment(flags: Flags): Record<string, string> {
  const used = Object.entries(flags).map(([name, value]) => [`pulumi.flag.${name}`, value === true ? "true" : "set"]);
  return {
    "exec.kind": flags["exec-kind"] ?? "cli",
    "pulumi.version": cliVersion,
    "pulumi.os": process.platform,
    "pulumi.arch": process.arch === "x64" ? "amd64" : process.arch,
    "runtime.name": "nodejs",
    "runtime.version": process.version,
    ...(Object.fromEntries(used) as Record<string, string>),
  };
}

function conclude(flags: Flags, { ok, changes }: Outcome, surprise: string): void {
  if (!ok) process.exitCode = 1;
  else if (flags["expect-no-changes"] && Object.keys(changes).some((op) => op !== "same")) {
    throw new UserError(`no changes were expected ${surprise}`, 7);
  }
}
