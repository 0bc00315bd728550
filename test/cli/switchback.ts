/** The command as people run it, in a project in a temporary folder. */
import { join } from "node:path";
import { execa } from "execa";
import { repository } from "../support/engines.ts";
import type { Project } from "../support/project.ts";

export interface Said {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project and a stack of it, as small as they can be: nothing was released. */
export const project = "name: releases\nruntime: nodejs\nbackend: { url: file://./.switchback/backend }\n";
export const stack = `config:
  switchback:release: v1.0.0
  switchback:environment: { address: http://127.0.0.1:1, store: store, hosts: [{ name: a, directory: a }] }
  switchback:source: { repository: app }
  switchback:database: { path: a.sqlite }
`;

export const launcher = join(repository, "cli/bin/switchback.mjs");

export async function switchback(
  { folder, environment }: Pick<Project, "folder" | "environment">,
  ...argv: string[]
): Promise<Said> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [launcher, ...argv], {
    cwd: folder,
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout, stderr };
}
