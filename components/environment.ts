import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { Config } from "./config.ts";
import { maintenanceBypass } from "./servers.ts";

export interface EnvironmentArgs {
  readonly config: Config;
  /** Names of secrets to make up once and keep: session keys, passwords of smoke accounts. Default: none. */
  readonly generate?: readonly string[];
}

/** Where releases run: staging, production. Keeps the secrets that are made for it. */
export class Environment extends pulumi.ComponentResource {
  readonly config: Config;
  /** Every secret of the environment, by name. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { config, generate = [] }: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const { address, hosts, store, contacts } = config.environment;
    super(
      "switchback:index:Environment",
      name,
      { address, hosts: hosts.map((host) => host.name), store, contacts },
      opts,
    );
    this.config = config;
    const generated = [maintenanceBypass, ...generate].map((secret) => {
      const role = secret.toLowerCase().replaceAll("_", "-");
      const password = new RandomPassword(`${name}-${role}`, { length: 32, special: false }, { parent: this });
      return [secret, password.result] as const;
    });
    const configured = Object.entries(config.application.secrets).map(
      ([secret, value]) => [secret, pulumi.secret(value)] as const,
    );
    this.secrets = Object.fromEntries([...generated, ...configured]);
    this.registerOutputs({ address });
  }

  /** Some of the secrets: a step is given only those it needs. Errors: there is none of that name. */
  secretsNamed(names: readonly string[]): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(
      names.map((name) => {
        const secret = this.secrets[name];
        if (secret === undefined) {
          const known = Object.keys(this.secrets).join(", ");
          throw new pulumi.ResourceError(
            `there is no secret ${name}. Add it to generate, or to application.secrets. Known: ${known}`,
            this,
            true,
          );
        }
        return [name, secret];
      }),
    );
  }
}
