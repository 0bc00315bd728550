// Plain JavaScript for any Node: one clear sentence where TypeScript does not run, else on to main.ts.
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`error: the embedded engine needs Node 22.18 or newer, this is ${process.versions.node}`);
  process.exitCode = 1;
} else {
  const [{ enableCompileCache }, { homedir }] = [await import("node:module"), await import("node:os")];
  // Not in the temporary folder: what others can write there would be run here.
  enableCompileCache(`${homedir()}/.cache/switchback`);
  const { main } = await import("./main.ts");
  await main(process.argv.slice(2));
}
