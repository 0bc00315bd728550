import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runScript, type ScriptOptions } from "../../engine/run-script.ts";

const lines: string[] = [];
const run = (command: string, options: ScriptOptions = {}, signal = new AbortController().signal) =>
  runScript(command, options, {
    name: "n",
    preview: false,
    directory: tmpdir(),
    signal,
    log: (line) => lines.push(line),
  });

test("output comes back without its last newline, and line by line while it runs", async () => {
  expect(await run("cat; echo two; echo err >&2", { stdin: "one\n" })).toEqual({ stdout: "one\ntwo", stderr: "err" });
  expect(lines.sort()).toEqual(["err", "one", "two"]);
  expect(await run("printf 'grüße\\n\\n'")).toEqual({ stdout: "grüße\n", stderr: "" });
});

test("bytes that are no text are an error, as on the CLI", async () => {
  await expect(run("printf '\\377 bytes'")).rejects.toThrow(
    /^grpc: error while marshaling: string field contains invalid UTF-8$/,
  );
});

test("only the streams that are asked for are reported", async () => {
  const reported = async (logging: ScriptOptions["logging"]) => {
    lines.length = 0;
    await run("echo out; echo err >&2", logging && { logging });
    return lines.sort().join(" ");
  };
  expect(await reported("stdout")).toBe("out");
  expect(await reported("stderr")).toBe("err");
  expect(await reported("none")).toBe("");
  expect(await reported(undefined)).toBe("err out");
});

test("a script that is stopped is not waited for by whoever left its group", async () => {
  const controller = new AbortController();
  const running = run("setsid sleep 5 & sleep 5", {}, controller.signal);
  setTimeout(() => controller.abort(), 200);
  const start = Date.now();
  await expect(running).rejects.toThrow(/^signal: killed: running/);
  expect(Date.now() - start).toBeLessThan(3000);
});

test("a line of megabytes does not hang", async () => {
  const { stdout } = await run("head -c 3000000 /dev/zero | tr '\\0' x");
  expect(stdout).toHaveLength(3_000_000);
});

test.each([
  ["echo out; exit 7", {}, 'exit status 7: running "echo out; exit 7":\nout\n'],
  ["kill -9 $$", {}, 'signal: killed: running "kill -9 $$":\n'],
  ["true", { dir: "not/there" }, 'chdir not/there: no such file or directory: running "true":\n'],
  [
    "true",
    { interpreter: ["not-a-program"] },
    'exec: "not-a-program": executable file not found in $PATH: running "true":\n',
  ],
  ["true", { interpreter: ["/not/there"] }, 'fork/exec /not/there: no such file or directory: running "true":\n'],
  ["true", { environment: { X: "x".repeat(200_000) } }, 'fork/exec /bin/sh: argument list too long: running "true":\n'],
])("%s fails as the command provider does", async (command, more, message) => {
  await expect(run(command, more)).rejects.toThrow(new Error(message));
});

test("a script that is stopped is killed with everything it started", async () => {
  const controller = new AbortController();
  const running = run("sleep 60 & sleep 60", {}, controller.signal);
  setTimeout(() => controller.abort(), 100);
  await expect(running).rejects.toThrow(/^signal: killed: running/);
  await expect(run("true", {}, controller.signal)).rejects.toThrow("context canceled");
});
