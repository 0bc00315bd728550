// Plain JavaScript for any Node: what is too old for TypeScript is told so in one sentence.

/** @returns {string | undefined} What is wrong with the Node that runs this, and what to do; undefined when it will do. */
export function nodeProblem(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  return `Switchback needs Node 22.18 or newer, this is ${version}: put a newer one first on the PATH`;
}
