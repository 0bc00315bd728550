/** A user's project with three steps, whose one action of its own writes a line into a file: quick, and real. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { linkPackages } from "./project.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { call } from "switchback/components/call.ts";
import { step } from "switchback/components/step.ts";
import { write } from "./actions/write.ts";

const release = new pulumi.Config("small").require("release");
const parent = new pulumi.ComponentResource("small:index:Small", "small");
const scope = { release, store: "store" };
const begin = step("begin", call(write, { line: "begin" }), scope, { parent, needs: {} });
const within = { ...scope, rollout: begin.result.apply(({ id }) => id) };
const middle = step("middle", call(write, { line: "middle" }), within, { parent, needs: {} });
const end = step("end", call(write, { line: "end" }), within, { parent, needs: { MIDDLE: middle.result }, last: true });
export const said = end.result.apply(({ line }) => line);
`;

const action = `
import { appendFileSync } from "node:fs";
import { defineAction } from "switchback/actions/action.ts";

export const write = defineAction<{ line: string }, unknown, { id: string; number: number; line: string }>(import.meta.url, {
  args: (z) => z.strictObject({ line: z.string() }),
  run: ({ line }, context) => {
    context.tell(\`writing \${line}\`);
    appendFileSync("written", \`\${context.release} \${line}\\n\`);
    context.tell("written");
    return Promise.resolve({ id: context.release, number: 1, line });
  },
});
`;

/** Returns its folder, which goes with the test. */
export function makeSmallProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-small-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  linkPackages(folder);
  mkdirSync(join(folder, "actions"));
  const files = {
    "package.json": '{ "name": "small", "private": true, "type": "module" }',
    "Pulumi.yaml": "name: small\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n",
    "Pulumi.staging.yaml":
      "encryptionsalt: v1:of-another:passphrase\nconfig:\n  small:release: v1\n  small:key: { secure: v1:sealed }\n",
    "index.ts": program,
    "actions/write.ts": action,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}
