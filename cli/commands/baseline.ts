import { writeRoutesBaseline } from "../../actions/checks/routes-baseline.ts";
import { makeContext, noRight } from "../../runtime/context.ts";
import { hiding } from "../../runtime/redact.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { counted, note, say } from "../say.ts";

/**
 * Writes the routes that the application lists now into the baselines that the pipeline's checks compare with: files of
 * the project, to be reviewed and committed like code.
 */
export async function baseline(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const checks = (await stack.state())?.routes ?? [];
  if (checks.length === 0)
    throw new Problem(`${stack.name}: nothing that was released here compares routes with a baseline`);
  const written = [];
  for (const { allowed: _allowed, ...check } of checks) {
    const routes = await writeRoutesBaseline(check, contextIn(stack.settings.store));
    written.push({ baseline: check.baseline, routes });
  }
  if (options.json) say(JSON.stringify(written, undefined, 2));
  else
    for (const one of written)
      say(`${one.baseline}: ${counted(one.routes, "route")}. Review what has changed: git diff ${one.baseline}`);
  return 0;
}

/** What the application's command needs: no rollout, no right to change anything. */
function contextIn(store: string) {
  const around = { rollout: "", needs: {}, secrets: {}, previous: undefined };
  const { signal } = new AbortController();
  const voice = { tell: note, log: () => undefined, ...hiding([]) };
  return makeContext({ step: "baseline", release: "", store }, around, noRight, signal, voice);
}
