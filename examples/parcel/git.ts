import { devNull } from "node:os";
import { execa } from "execa";

/** Git without the user's configuration, and without a repository that a surrounding git hook may name. */
export async function git(directory: string, argv: readonly string[], input?: Buffer): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const { stdout } = await execa("git", argv, {
    cwd: directory,
    env: { ...Object.fromEntries(kept), GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: "1" },
    extendEnv: false,
    ...(input ? { input } : {}),
  });
  return stdout;
}
