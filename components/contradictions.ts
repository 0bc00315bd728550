import { relative, resolve } from "node:path";

/** What of a configuration can be right by itself and wrong together. */
export interface Together {
  readonly environment: {
    readonly store: string;
    readonly hosts: readonly {
      readonly name: string;
      readonly directory: string;
      readonly variables: Readonly<Record<string, string>>;
    }[];
  };
  readonly database: { readonly path: string };
  readonly application: {
    readonly variables: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, string>>;
  };
}

export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Everything in a configuration that contradicts something else in it; empty when nothing does. */
export function contradictions(config: Together): Contradiction[] {
  return [...hostsOf(config), ...placesOf(config), ...variablesOf(config)];
}

function hostsOf({ environment: { hosts } }: Together): Contradiction[] {
  return hosts.flatMap((host, index) => {
    const earlier = hosts.slice(0, index);
    const path = ["environment", "hosts", index];
    const sharing = earlier.find(
      (one) => isWithin(host.directory, one.directory) || isWithin(one.directory, host.directory),
    );
    return [
      ...(earlier.some((one) => one.name === host.name)
        ? [{ path: [...path, "name"], message: "is another host's name, too: messages tell hosts by it" }]
        : []),
      ...(sharing ? [{ path: [...path, "directory"], message: `is not apart from that of host ${sharing.name}` }] : []),
    ];
  });
}

/** What lies in a release's folder is gone with the release. */
function placesOf({ environment: { hosts, store }, database }: Together): Contradiction[] {
  const inStore = { path: ["database", "path"], message: "lies in the store, with its own backups" };
  const onHosts = hosts.flatMap(({ name, directory }) => [
    ...(isWithin(store, directory)
      ? [{ path: ["environment", "store"], message: `lies in the folder of host ${name}, and would be lost with it` }]
      : []),
    ...(["releases", "current"].some((folder) => isWithin(database.path, resolve(directory, folder)))
      ? [{ path: ["database", "path"], message: `lies among the releases of host ${name}, and would be lost with one` }]
      : []),
  ]);
  return isWithin(database.path, store) ? [...onHosts, inStore] : onHosts;
}

function variablesOf({ application: { variables, secrets }, environment: { hosts } }: Together): Contradiction[] {
  const places = [
    { path: ["application", "variables"], given: variables },
    { path: ["application", "secrets"], given: secrets },
    ...hosts.map((host, index) => ({ path: ["environment", "hosts", index, "variables"], given: host.variables })),
  ];
  return places.flatMap(({ path, given }) =>
    Object.keys(given).flatMap((name) => [
      ...(name === "RELEASE"
        ? [{ path: [...path, name], message: "is what switchback itself tells the application: the release" }]
        : []),
      ...(given !== secrets && Object.hasOwn(secrets, name)
        ? [{ path: [...path, name], message: "is among application.secrets, too: only one of the two can count" }]
        : []),
    ]),
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === "" || !(way === ".." || way.startsWith("../"));
}
