// An engine that is killed leaves a state that loads, is sound, has lost nothing and names what was in flight.
import { cpSync, watch } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { checkIntegrity } from "../../engine/checkpoint.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { Deployment, ResourceState } from "../../engine/checkpoint.ts";

/** From stage 1 to 2: four are updated, three replaced, three deleted, three are new; some wait for others. */
const program = `
  const unit = (name, replaced, dependsOn = []) => {
    const script = (what) => "echo begin " + what + " " + name + " >> $TRACE; sleep 0.05; echo end " + what + " " + name + " >> $TRACE; echo " + name + " $ON";
    return step(name, { create: script("create"), update: script("update"), delete: script("delete"),
      environment: { ON: stage }, ...(replaced && { triggers: [stage] }) }, { dependsOn });
  };
  const update1 = unit("update1", false);
  const update2 = unit("update2", false, [update1]);
  unit("update3", false);
  unit("update4", false, [update2]);
  const replace1 = unit("replace1", true);
  unit("replace2", true, [replace1]);
  unit("replace3", true, [update1]);
  if (stage === "1") { const delete1 = unit("delete1", false); unit("delete2", false, [delete1]); unit("delete3", false, [replace1]); }
  else { const create1 = unit("create1", false); unit("create2", false, [create1]); unit("create3", false, [replace1]); }
`;
const after = ["create1", "create2", "create3", "replace1", "replace2", "replace3"].concat(
  ["1", "2", "3", "4"].map((number) => `update${number}`),
);

type What = "script begun" | "checkpoint written" | "checkpoint being written";
type Moment = [count: number, what: What];

function projectAt(stage: string): EngineProject {
  const project = new EngineProject(program);
  project.config({ stage });
  return project;
}

/** Runs `up` and kills it with its n-th script, or with the n-th (writing of a) checkpoint. */
async function upKilledAt(project: EngineProject, [count, what]: Moment): Promise<number | null> {
  const { child, ended } = project.start("up", "--yes", "--skip-preview", "--parallel", "3");
  const stacks = join(project.backend, ".pulumi", "stacks", "case");
  const file = what === "checkpoint written" ? "dev.json" : "dev.json.tmp";
  let seen = 0;
  const watcher = watch(what === "script begun" ? join(project.directory, "trace") : stacks, (event, changed) => {
    if (what === "script begun") seen = begun(project).length;
    else if (event === "rename" && changed === file) seen++;
    if (seen >= count) child.kill("SIGKILL");
  });
  const { code } = await ended;
  watcher.close();
  return code;
}

function begun(project: EngineProject): string[] {
  return project.trace().flatMap((line) => (line.startsWith("begin ") ? [line.slice("begin ".length)] : []));
}

/** Scripts do not die with the engine. */
async function scriptsToEnd(project: EngineProject): Promise<void> {
  await vi.waitFor(() => expect(project.trace()).toHaveLength(2 * begun(project).length), 10_000);
}

const nameOf = ({ urn }: { urn: string }): string => urn.split("::").at(-1) ?? "";
const isNew = ({ inputs }: ResourceState): boolean => (inputs?.environment as { ON: string } | undefined)?.ON === "2";
const pendingTypes = { create: "creating", update: "updating", delete: "deleting" };

/** Whether the state has what the script did. */
function hasResult({ resources = [] }: Deployment, what: string, name: string): boolean {
  const found = resources.filter((resource) => nameOf(resource) === name);
  return what === "delete" ? found.every(isNew) : found.some(isNew);
}

async function killAndGoOn(before: EngineProject, moment: Moment): Promise<void> {
  const [base, told] = [before.resources(), moment.join(". ")];
  const project = projectAt("2");
  cpSync(before.backend, project.backend, { recursive: true });
  expect(await upKilledAt(project, moment), told).toBe(null);
  await scriptsToEnd(project);

  const { code, stdout } = await project.pulumi("stack", "export");
  expect(code, told).toBe(0);
  const { deployment } = JSON.parse(stdout) as { deployment: Deployment };
  checkIntegrity(deployment);
  const pending = (deployment.pending_operations ?? []).map(({ type, resource }) => `${type} ${nameOf(resource)}`);
  const unaccounted = begun(project).filter((script) => {
    const [what = "", name = ""] = script.split(" ");
    const type = pendingTypes[what as keyof typeof pendingTypes];
    return !hasResult(deployment, what, name) && !pending.includes(`${type} ${name}`);
  });
  expect(unaccounted, told).toEqual([]);
  const kept = new Set(deployment.resources?.map(({ urn, id }) => `${urn} ${id}`));
  const gone = base.filter(({ urn, id }) => !kept.has(`${urn} ${id}`)).map(nameOf);
  expect(
    gone.filter((name) => !project.trace().includes(`end delete ${name}`)),
    told,
  ).toEqual([]);

  expect((await project.pulumi("up", "--yes", "--skip-preview")).stderr, told).toMatch(/currently locked by 1 lock/);
  expect((await project.pulumi("cancel", "--yes")).code, told).toBe(0);
  expect((await project.pulumi("up", "--yes", "--skip-preview")).code, told).toBe(0);
  const commands = project.resources().filter(({ type }) => type === "command:local:Command");
  expect(commands.map(nameOf).sort(), told).toEqual(after);
  expect(
    commands.every((command) => command.outputs?.stdout === `${nameOf(command)} 2`),
    told,
  ).toBe(true);
}

test.each<[What, number[]]>([
  ["script begun", [1, 5, 9, 13, 16]],
  ["checkpoint written", [2, 6, 10]],
  ["checkpoint being written", [3, 8]],
])("killed at any %s, it has lost nothing, names what was in flight, and goes on", async (what, counts) => {
  const before = projectAt("1");
  expect((await before.pulumi("up", "--yes", "--skip-preview")).code).toBe(0);
  const waiting = [...counts];
  const work = async (): Promise<void> => {
    for (let count = waiting.shift(); count; count = waiting.shift()) await killAndGoOn(before, [count, what]);
  };
  await Promise.all([work(), work()]);
});
