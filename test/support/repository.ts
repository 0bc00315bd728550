/** Git repositories made for a test. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./context.ts";

export class TestRepository {
  readonly path: string;

  constructor() {
    this.path = temporaryFolder();
    this.git("init", "--quiet", "--initial-branch=main");
  }

  git(...argv: string[]): string {
    const who = ["-c", "user.name=Kim", "-c", "user.email=kim@example.test", "-c", "commit.gpgsign=false"];
    return execFileSync("git", ["-C", this.path, ...who, ...argv], { encoding: "utf8" }).trim();
  }

  write(files: Readonly<Record<string, string | Buffer>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** Writes and commits files; returns the commit. */
  commit(message: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
    this.write(files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  /** Makes an annotated tag of what was committed last. */
  tag(name: string): void {
    this.git("tag", "--annotate", "--message", name, name);
  }
}
