/** Configurations of which every part is right and the whole is not. */
import { expect, test } from "vitest";
import { contradictions, type Together } from "../../components/contradictions.ts";

const host = (name: string, directory = `hosts/${name}`, variables: Record<string, string> = {}) => ({
  ...{ name, directory, variables },
});
const good: Together = {
  environment: { store: "store", hosts: [host("web-1"), host("web-2")] },
  database: { path: "data/shop.sqlite" },
  application: { variables: { A: "1" }, secrets: { KEY: "k" } },
};
const said = (differing: Partial<Together>): string[] =>
  contradictions({ ...good, ...differing }).map(({ path, message }) => `${path.join(".")}: ${message}`);
const at = (environment: Partial<Together["environment"]>) => ({
  environment: { ...good.environment, ...environment },
});

test.each<[string, Partial<Together>]>([
  ["nothing", {}],
  ["folders whose names begin alike", at({ hosts: [host("web-1", "hosts/web"), host("web-2", "hosts/web-2")] })],
  ["a database in a host's folder, beside its releases", { database: { path: "hosts/web-1/data/shop.sqlite" } }],
  ["a store that is outside", at({ store: "../store" })],
])("%s is none", (_, differing) => {
  expect(said(differing)).toEqual([]);
});

test.each<[string, Partial<Together>, string]>([
  [
    "two hosts of one name",
    at({ hosts: [host("web-1"), host("web-1", "hosts/other")] }),
    "environment.hosts.1.name: is another host's name, too: messages tell hosts by it",
  ],
  [
    "two hosts in one folder",
    at({ hosts: [host("web-1"), host("web-2", "hosts/x/../web-1/")] }),
    "environment.hosts.1.directory: is not apart from that of host web-1",
  ],
  [
    "a host in another's folder",
    at({ hosts: [host("web-1"), host("web-2", "hosts/web-1/releases")] }),
    "environment.hosts.1.directory: is not apart from that of host web-1",
  ],
  [
    "a host around another's folder",
    at({ hosts: [host("web-1"), host("web-2", "hosts")] }),
    "environment.hosts.1.directory: is not apart from that of host web-1",
  ],
  [
    "a store in a host's folder",
    at({ store: "hosts/web-2/store" }),
    "environment.store: lies in the folder of host web-2, and would be lost with it",
  ],
  [
    "a database in a release's folder",
    { database: { path: "hosts/web-1/releases/v1/shop.sqlite" } },
    "database.path: lies among the releases of host web-1, and would be lost with one",
  ],
  [
    "a database behind current",
    { database: { path: "./hosts/web-2/current/shop.sqlite" } },
    "database.path: lies among the releases of host web-2, and would be lost with one",
  ],
  [
    "a database in the store",
    { database: { path: "store/shop.sqlite" } },
    "database.path: lies in the store, with its own backups",
  ],
  [
    "a variable that is a secret, too",
    { application: { variables: { KEY: "x" }, secrets: { KEY: "k" } } },
    "application.variables.KEY: is among application.secrets, too: only one of the two can count",
  ],
  [
    "a host's variable that is a secret, too",
    at({ hosts: [host("web-1", "a", { KEY: "x" })] }),
    "environment.hosts.0.variables.KEY: is among application.secrets, too: only one of the two can count",
  ],
  [
    "a variable that is not the user's to set",
    { application: { variables: { RELEASE: "v9" }, secrets: {} } },
    "application.variables.RELEASE: is what switchback itself tells the application: the release",
  ],
])("%s", (_, differing, message) => {
  expect(said(differing)).toEqual([message]);
});
