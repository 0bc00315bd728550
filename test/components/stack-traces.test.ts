/** Stack traces of a pipeline's program. */
import { expect, onTestFinished, test } from "vitest";
import { keepStackTracesCheap } from "../../components/stack-traces.ts";

test("traces are what the runtime says, and no source map is asked for them", () => {
  const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  onTestFinished(() => {
    if (before) Object.defineProperty(Error, "prepareStackTrace", before);
  });
  Error.prepareStackTrace = () => "mapped";
  expect(new Error("first").stack).toBe("mapped");
  keepStackTracesCheap();
  expect(new Error("second").stack?.split("\n")[0]).toBe("Error: second");
});
