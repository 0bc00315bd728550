/** The pipeline that most end-to-end tests run is the repository's own but for what is taken out of it, or there is none. */
import { expect, test } from "vitest";
import { leanProgram, ownProgram, replaceOnce } from "./lean-program.ts";

test("four checks are left and nothing is watched; all else is as it was", () => {
  const [own, lean] = [ownProgram().split("\n"), leanProgram().split("\n")];
  expect(lean.filter((line) => !own.includes(line))).toEqual([
    ...["  smoke: {", "    health: smoke.health,", "    version: smoke.version,"],
    ...["    page: smoke.page,", "    login: smoke.login,"],
  ]);
  expect(own.filter((line) => !lean.includes(line))).toEqual([
    ...["  smoke,", "  watch: {", expect.stringContaining("sampledRequests") as string],
    ...["    everySeconds: 1,", "    acceptablePercent: 1,"],
  ]);
  expect(lean.filter((line) => line.includes('from "')).every((line) => line.includes('from "switchback/'))).toBe(true);
  expect(leanProgram("./")).toContain('from "./components/call.ts"');
});

test("what does not fit is refused", () => {
  expect(replaceOnce("a b", /a/, "c")).toBe("c b");
  expect(() => replaceOnce("b", /a/, "c")).toThrow("the pipeline has a 0 times, want it once");
  expect(() => replaceOnce("a a", /a/, "c")).toThrow("the pipeline has a 2 times, want it once");
});
