/** Proves that a user's own check is one file in the user's project, listed in the pipeline, and asked like ours. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "../support/engines.ts";
import { leanProgram, replaceOnce } from "../support/lean-program.ts";
import { Project } from "../support/project.ts";

const check = `import { defineCheck, fail, pass } from "switchback/actions/check.ts";

export const orders = defineCheck(
  import.meta.url,
  (z) => z.strictObject({ url: z.url(), atLeast: z.int().min(1) }),
  async ({ url, atLeast }, { signal }) => {
    const { schema } = (await (await fetch(url, { signal })).json()) as { schema: string };
    return Number(schema) >= atLeast ? pass(\`schema \${schema}\`) : fail(\`schema \${schema}, want at least \${atLeast}\`);
  },
);
`;
const program = replaceOnce(
  replaceOnce(leanProgram(), /^const config =/m, 'import { orders } from "./checks/orders.ts";\n\nconst config ='),
  /^ {2}smoke: \{\n/m,
  "  smoke: {\n    orders: call(orders, { url: `${address}/api/health`, atLeast: 2 }),\n",
);

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { program, files: { "checks/orders.ts": check } });
});
afterAll(async () => {
  await project.remove();
});

test("what it says decides about a release", async () => {
  const first = await project.up("v1.0.0");
  expect(first.exitCode).not.toBe(0);
  expect(first.text).toMatch(/✗ orders +fail +schema 0001, want at least 2/);
  const next = await project.up("v1.1.0");
  expect(next.exitCode).toBe(0);
  expect(next.ran).toContain("smoke-orders");
  expect((await project.outputs()).serving).toBe("v1.1.0");
});
