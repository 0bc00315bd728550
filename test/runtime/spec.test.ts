/** What a step is told, and when two tellings mean the same. */
import { expect, test } from "vitest";
import { startedBy } from "../../runtime/owner.ts";
import { keyOf, readSpec, readSurroundings, type Spec, type Surroundings, variables } from "../../runtime/spec.ts";

const spec: Spec = { step: "build", release: "v1", action: "actions/artifact/build", args: { a: 1 }, store: "store" };
const surroundings: Surroundings = {
  ...{ rollout: "2-abc", needs: { A: { id: 1 } }, secrets: { PASSWORD: "pw" }, timeoutSeconds: 60 },
  ...{ previous: undefined, engine: startedBy() },
};

test("a specification is read from JSON", () => {
  expect(readSpec(JSON.stringify(spec))).toEqual(spec);
});

test.each(["", "{", "null", "[]", '{"step":"a","action":"b"}', '{"step":1,"action":"b","store":"c"}'])(
  "%j is no specification",
  (text) => {
    expect(() => readSpec(text)).toThrow(
      /^switchback\/step: a step's specification is expected on standard input\. Pulumi runs this, not you\.$/,
    );
  },
);

test("surroundings come from the environment, and nothing else of it", () => {
  const environment = {
    [variables.rollout]: "2-abc",
    [variables.timeout]: "60",
    [variables.needs("BACKUP")]: '{"id":"none"}',
    [variables.secret("PASSWORD")]: "pw",
    PULUMI_COMMAND_STDOUT: '{"number":1}',
    PATH: "/bin",
  };
  expect(readSurroundings(environment)).toEqual({
    ...{ rollout: "2-abc", needs: { BACKUP: { id: "none" } }, secrets: { PASSWORD: "pw" }, timeoutSeconds: 60 },
    ...{ previous: { number: 1 }, engine: startedBy() },
  });
});

test("the step that opens a rollout has none, and a first one no previous receipt", () => {
  expect(readSurroundings({ PULUMI_COMMAND_STDOUT: "" })).toEqual({
    ...{ rollout: "", needs: {}, secrets: {}, timeoutSeconds: 300, previous: undefined },
    engine: startedBy(),
  });
});

test.each<[string, Partial<Spec>, Partial<Surroundings>]>([
  ["another rollout", {}, { rollout: "3-def" }],
  ["another release", { release: "v2" }, {}],
  ["another action", { action: "actions/checks/http" }, {}],
  ["other arguments", { args: { a: 2 } }, {}],
  ["another proof", {}, { needs: { A: { id: 2 } } }],
])("%s is another key", (_, otherSpec, other) => {
  expect(keyOf({ ...spec, ...otherSpec }, { ...surroundings, ...other }, [])).not.toBe(keyOf(spec, surroundings, []));
});

test("time limits, secrets and what happens after a failure are not in the key", () => {
  const other = { ...surroundings, timeoutSeconds: 5, secrets: {}, previous: 1 };
  expect(keyOf({ ...spec, survives: true, onFailure: [], last: true }, other, [])).toBe(keyOf(spec, surroundings, []));
});

test("an argument that only tunes does not make it another thing to do", () => {
  const patient = { ...spec, args: { ...(spec.args as object), attempts: 99 } };
  expect(keyOf(patient, surroundings, ["attempts"])).toBe(keyOf(spec, surroundings, ["attempts"]));
  expect(keyOf(patient, surroundings, [])).not.toBe(keyOf(spec, surroundings, []));
});
