// Plain JavaScript for any Node. What Node has compiled is kept between processes, where nobody else can put anything in
// its place: Node's own choice is a folder under the temporary one, which whoever comes first owns.
import { mkdirSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** Without a home of one's own nothing is kept. */
export function keepCompiled() {
  try {
    module.enableCompileCache(compiledFolder());
  } catch {
    // It only saves time.
  }
}

/** The folder for what is compiled, or one of its own for a purpose. Errors: it cannot be made. */
export function compiledFolder(purpose = "") {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "switchback", purpose);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
