/** Stack files that are wrong, and what is said of them. */
import type { Project } from "./project.ts";

export interface Case {
  readonly title: string;
  /** What the stack file is turned into, where that is what is wrong. */
  readonly edit?: (text: string) => string;
  /** What else is done to the surroundings; what it returns undoes it. */
  readonly spoil?: (project: Project) => (() => void) | Promise<() => void>;
  /** Lines that the message holds, word for word. */
  readonly says: readonly (string | RegExp)[];
}

export const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

export const configurations: readonly Case[] = [
  {
    title: "a misspelt key",
    edit: replace("    address:", "    adress:"),
    says: [
      "Pulumi.staging.yaml: 2 mistakes in the configuration",
      "switchback:environment.adress: is not known. Did you mean address?",
      "switchback:environment.address: is missing. It is where customers reach the application",
    ],
  },
  {
    title: "a missing section",
    edit: replace(/ {2}switchback:database:\n.*\n/, ""),
    says: ["switchback:database: is missing. It is the application's database. Add it to Pulumi.staging.yaml"],
  },
  {
    title: "a missing release",
    edit: replace("  switchback:release: v1.0.0\n", ""),
    says: [
      "switchback:release: is missing. It is the tag to release, such as v1.2.0. Set it: pulumi config set switchback:release VALUE",
    ],
  },
  {
    title: "an unknown section",
    edit: (text) => `${text}  switchback:polices:\n    revert: false\n`,
    says: ["switchback:polices: is not known. Did you mean policies?"],
  },
  {
    title: "a value of the wrong type",
    edit: (text) => `${text}  switchback:policies:\n    revert: sometimes\n`,
    says: ["switchback:policies.revert: expected boolean, received string. It is take a release back by itself"],
  },
  {
    title: "a number that is too small",
    edit: replace("attempts: 8", "attempts: 0"),
    says: ["switchback:checks.attempts: Too small: expected number to be >=1."],
  },
  {
    title: "patience that no release could satisfy",
    edit: replace("attempts: 8", "attempts: 2"),
    says: ["switchback:checks.steady: steady is more than attempts: no release could pass"],
  },
  {
    title: "no hosts",
    edit: replace(/ {4}hosts:\n(?: {6}.*\n)+/, "    hosts: []\n"),
    says: ["switchback:environment.hosts: Too small"],
  },
  {
    title: "an address that is none",
    edit: replace(/address: http.*\n/, "address: not an address\n"),
    says: ["switchback:environment.address: Invalid URL."],
  },
  {
    title: "a host's name that cannot be one",
    edit: replace("name: host-0", "name: Host 0"),
    says: ["switchback:environment.hosts[0].name: Invalid string"],
  },
  {
    title: "a variable's name that cannot be one",
    edit: replace("{ PORT:", "{ port:"),
    says: ["switchback:environment.hosts[0].variables"],
  },
  {
    title: "several mistakes at once",
    edit: (text) => `${text.replace("attempts: 8", "attempts: many")}  switchback:policies:\n    signOff: nobody\n`,
    says: ["2 mistakes", "switchback:checks.attempts: expected number", "switchback:policies.signOff: Invalid option"],
  },
  {
    title: "a release that does not exist",
    edit: replace("release: v1.0.0", "release: v9.9.9"),
    says: ['switchback:release: "v9.9.9" is no tag of .switchback/parcel. Its newest tags: '],
  },
  {
    title: "a release that is an option of git",
    edit: replace("release: v1.0.0", "release: --upload-pack=touch"),
    says: ["switchback:release: must be a tag of letters, digits and . _ + @ = - only: folders and commands are named"],
  },
  {
    title: "going back from nothing",
    edit: (text) => `${text}  switchback:rollbackFrom: v1.1.0\n`,
    says: ["switchback:rollbackFrom is v1.1.0, but none serves."],
  },
];
