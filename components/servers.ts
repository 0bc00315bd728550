import { type Activated, activateOnServers } from "../actions/platforms/servers/activate.ts";
import { beginMaintenance } from "../actions/platforms/servers/begin-maintenance.ts";
import { endMaintenance } from "../actions/platforms/servers/end-maintenance.ts";
import { goBackOnServers } from "../actions/platforms/servers/go-back.ts";
import { type Prepared, prepareOnServers } from "../actions/platforms/servers/prepare.ts";
import { disagreements, look } from "../actions/platforms/servers/reality.ts";
import type { Artifact } from "../actions/artifact/archive.ts";
import { call, type Planned } from "./call.ts";
import type { Config } from "./config.ts";

/** The way releases live somewhere. */
export interface Platform {
  readonly prepare: Planned<{ ARTIFACT: Artifact }, Prepared>;
  readonly activate: Planned<{ PREPARED: Prepared }, Activated>;
  readonly goBack: Planned<{ BEFORE: string }>;
  readonly beginMaintenance: Planned;
  readonly endMaintenance: Planned;
  /** What does not agree with the release that is said to serve, in words; it only looks. */
  readonly drift: (serving: string, store: string) => Promise<readonly string[]>;
  /** Hosts in the words of a preview. */
  readonly hosts: readonly string[];
  /** Names of the secrets that preparing needs. */
  readonly secrets: readonly string[];
}

export interface ServersArgs {
  readonly config: Config;
  /** Command that makes the application load what `current` points at, as words; run in the host's folder. */
  readonly reload: readonly string[];
  /** Command run in a prepared release's folder, as words. Default: none. */
  readonly install?: readonly string[];
  /** Path that answers 200 when the application is well. */
  readonly health: string;
  /** Path that answers JSON with `release` and `commit`. */
  readonly version: string;
  /** The application's log file in the host's folder. */
  readonly log: string;
  /** Variables whose value is a path, from the project's folder; the application gets it absolute. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Names of generated or configured secrets that the application gets as variables of the same names. */
  readonly secrets?: readonly string[];
}

/** Name of the secret that lets its bearer through a maintenance page. */
export const maintenanceBypass = "MAINTENANCE_BYPASS";

/** Plain servers: releases in folders, `current` pointing at the one that serves. */
export function servers({
  config,
  reload,
  install = [],
  health,
  version,
  log,
  paths = {},
  secrets = [],
}: ServersArgs): Platform {
  const { environment, application, checks } = config;
  const configured = Object.keys(application.secrets);
  const hosts = environment.hosts.map(({ name, directory, address = environment.address }) => ({
    name,
    directory,
    address,
  }));
  const { attempts, steady, intervalSeconds } = checks;
  const evidence = { health, version, attempts, steady, intervalSeconds };
  const change = { hosts, reload: [...reload], evidence, address: environment.address, log };
  return {
    prepare: call(prepareOnServers, {
      hosts: hosts.map((host, index) => ({ ...host, variables: environment.hosts[index]?.variables ?? {} })),
      variables: application.variables,
      paths,
      secrets: Object.fromEntries([...configured, ...secrets].map((name) => [name, name])),
      install: [...install],
    }),
    activate: call(activateOnServers, change),
    goBack: call(goBackOnServers, change),
    beginMaintenance: call(beginMaintenance, { hosts, ...environment.maintenance, bypass: maintenanceBypass }),
    endMaintenance: call(endMaintenance, { hosts }),
    drift: async (serving, store) => disagreements(serving, await look(change, store)),
    hosts: hosts.map((host) => host.name),
    secrets: [...configured, ...secrets],
  };
}
