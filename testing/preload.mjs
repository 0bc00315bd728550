// Loaded into every Node process of a test stack. In the processes of steps, and in the program, it puts `stand-in.ts` in
// the place of the runtime's own loader of actions, and of its ledger: that is where a test's script comes in. The runtime
// knows nothing of it.
import { registerHooks } from "node:module";

const isStep = process.execArgv.includes("import('switchback/step')") || process.argv.includes("--survivor");
const isProgram = /[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");

if (isStep || isProgram) {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const isOurs =
        /^\.\.?\/(runtime\/)?(load|ledger)\.[tj]s$/.test(specifier) && /\/runtime\/\w+\.[tj]s$/.test(found.url);
      if (!isOurs) return found;
      const standIn = new URL(`./stand-in${found.url.slice(-3)}`, import.meta.url);
      standIn.searchParams.set("real", found.url.replace(/ledger(\.[tj]s)$/, "load$1"));
      return { ...found, url: standIn.href };
    },
  });
}
