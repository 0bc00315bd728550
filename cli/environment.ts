import * as z from "zod";
import { Problem } from "./problem.ts";

const shape = z.object({
  "switchback:environment": z.object({
    address: z.string(),
    store: z.string(),
    hosts: z.array(z.object({ name: z.string(), directory: z.string(), address: z.string().optional() })),
  }),
  "switchback:source": z.object({ repository: z.string(), migrations: z.string().default("migrations") }),
  "switchback:database": z.object({ path: z.string() }),
});

/** What the commands need to know of an environment; the pipeline's own schema says what is wrong with the rest. */
export interface EnvironmentSettings {
  readonly address: string;
  readonly store: string;
  readonly hosts: readonly { readonly name: string; readonly directory: string; readonly address: string }[];
  readonly repository: { readonly path: string; readonly migrations: string };
  readonly database: string;
}

/** Reads them from a stack's configuration over the project's. Errors: something needed is not there. */
export function readEnvironment(
  file: string,
  project: Readonly<Record<string, unknown>>,
  stack: Readonly<Record<string, unknown>>,
): EnvironmentSettings {
  const result = shape.safeParse({ ...project, ...stack });
  if (!result.success)
    throw new Problem(
      `${file}: is not complete\n${z.prettifyError(result.error)}\nAll that is wrong with it: switchback preview`,
    );
  const { address, store, hosts } = result.data["switchback:environment"];
  const { repository: path, migrations } = result.data["switchback:source"];
  return {
    address,
    store,
    hosts: hosts.map((host) => ({ ...host, address: host.address ?? address })),
    repository: { path, migrations },
    database: result.data["switchback:database"].path,
  };
}
