/** Programs that actions start: their output, their failure, their end, and what they may see. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makePrograms } from "../../runtime/program.ts";
import type { ExecOptions } from "../../actions/action.ts";
import { redactor } from "../../runtime/redact.ts";
import { temporaryFolder, until } from "../support/context.ts";

const node = process.execPath;
function make(signal = new AbortController().signal) {
  const logged: string[] = [];
  return { ...makePrograms({ signal, log: (line) => logged.push(line), redact: redactor(["canary"]) }), logged };
}
function run(argv: readonly string[], options: Partial<ExecOptions> = {}, signal?: AbortSignal) {
  const { exec, logged } = make(signal);
  return { result: exec(argv, { cwd: ".", ...options }), logged };
}
const message = (result: Promise<unknown>): Promise<string> =>
  result.then(
    () => "none",
    (error: unknown) => String(error),
  );

test("standard output is given back, and both outputs are logged behind the command", async () => {
  const { result, logged } = run([node, "-p", "console.error('words'); 'answer'"]);
  expect(await result).toBe("answer");
  expect(logged.sort()).toEqual([`$ ${node} -p console.error('words'); 'answer'`, "answer", "words"].sort());
});

test("it runs in its folder, and sees nothing of our environment but what it needs", async () => {
  process.env.SWITCHBACK_SECRET_PASSWORD = "pw";
  onTestFinished(() => {
    delete process.env.SWITCHBACK_SECRET_PASSWORD;
  });
  const folder = `${temporaryFolder()}/sub`;
  mkdirSync(folder);
  const code = "JSON.stringify([process.cwd(), Object.keys(process.env)])";
  const seen = JSON.parse(await run([node, "-p", code], { cwd: folder, environment: { MINE: "1" } }).result) as [
    string,
    string[],
  ];
  expect(seen[0]).toBe(folder);
  const known = ["HOME", "LANG", "LC_ALL", "MINE", "PATH", "SSH_AUTH_SOCK", "TMPDIR", "TZ", "USER"];
  expect(seen[1].filter((name) => !known.includes(name))).toEqual([]);
  expect(seen[1]).toContain("MINE");
});

test("a failure names command and exit code and shows the last lines of either output", async () => {
  const code = "for (let i = 1; i <= 20; i++) console.error('line ' + i); process.exitCode = 3";
  const lines = Array.from({ length: 15 }, (_, index) => `  line ${index + 6}`);
  expect(await message(run([node, "-e", code]).result)).toBe(
    [`Refusal: ${node} -e ${code}: failed (exit code 3)`, ...lines].join("\n"),
  );
  expect(await message(run([node, "-e", "console.log('why'); process.exitCode = 1"]).result)).toBe(
    `Refusal: ${node} -e console.log('why'); process.exitCode = 1: failed (exit code 1)\n  why`,
  );
});

test("a program that is not there cannot be run", async () => {
  expect(await message(run(["no-such-program", "x"]).result)).toBe(
    "Refusal: no-such-program x: cannot be run: there is no such program",
  );
});

test("a daemon that a program leaves behind is neither waited for nor ended", async () => {
  const daemon =
    "require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true })";
  const { result, logged } = run([node, "-p", `const { pid } = ${daemon}; setTimeout(() => process.exit(), 50); pid`]);
  const pid = Number(await result);
  onTestFinished(() => void process.kill(pid, "SIGKILL"));
  expect(isRunning(pid)).toBe(true);
  expect(logged.at(-1)).toBe("it has left a program behind that holds its output, which is not waited for");
});

test("one that takes too long is ended", async () => {
  const { result } = run([node, "-e", "setInterval(() => {}, 1000)"], { timeoutSeconds: 0.2 });
  expect(await message(result)).toBe(`Refusal: ${node} -e setInterval(() => {}, 1000): took too long and was ended`);
});

test("when the step is ended so is the whole tree below it, also what does not listen", async () => {
  const folder = temporaryFolder();
  const stubborn = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`;
  const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}, '${folder}/child'], { stdio: 'ignore' }); ${stubborn}`;
  const ending = new AbortController();
  const { result } = run([node, "-e", parent, `${folder}/parent`], {}, ending.signal);
  const outcome = message(result);
  const pid = (name: string): number => Number(readFileSync(`${folder}/${name}`, "utf8"));
  await until("both processes", () => {
    try {
      return pid("parent") > 0 && pid("child") > 0;
    } catch {
      return false;
    }
  });
  ending.abort();
  expect(await outcome).toBe(`Refusal: ${node} -e ${parent} ${folder}/parent: was ended`);
  await until("the end of both", () => !isRunning(pid("parent")) && !isRunning(pid("child")));
}, 15_000);

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

test("a line of a megabyte is returned whole and logged cut", async () => {
  const { result, logged } = run([node, "-e", "process.stdout.write('x'.repeat(1_000_000))"]);
  expect(await result).toHaveLength(1_000_000);
  expect(logged.at(-1)).toBe(`${"x".repeat(2000)} ... (1000000 characters)`);
});

test("100 MB of output are no failure: the log has the beginning and the end, and says what it has left out", async () => {
  const much = `const lines = "x".repeat(99).concat("\\n").repeat(10_000); let turn = 0;
    const write = () => { while (turn++ < 100) if (!process.stdout.write(lines)) return process.stdout.once("drain", write); };
    write(); process.on("exit", () => console.error("the end"))`;
  const { result, logged } = run([node, "-e", much]);
  expect((await result).length).toBeGreaterThan(9_999_000);
  expect(logged.reduce((sum, line) => sum + line.length, 0)).toBeLessThan(5_100_000);
  expect(logged.at(-16)).toMatch(/^\.\.\. 9\d{5} more lines, too many to keep\. The last ones:$/);
  expect(logged.slice(-15)).toContain("the end");
}, 20_000);

test("secrets are taken out of the command, the log and the failure", async () => {
  const code = "console.error('x'.repeat(1998) + 'canary' + 'y'.repeat(200)); process.exitCode = 1 // canary";
  const { result, logged } = run([node, "-e", code]);
  const cut = `${"x".repeat(1998)}[s ... (2206 characters)`;
  const named = `${node} -e ${code.replaceAll("canary", "[secret]")}`;
  expect(await message(result)).toBe(`Refusal: ${named}: failed (exit code 1)\n  ${cut}`);
  expect(logged).toEqual([`$ ${named}`, cut]);
});

test.each<[string, string, string[]]>([
  ["colours and titles", String.raw`console.log("\x1b]0;owned\x07\x1b[31mred\x1b[0m")`, ["red"]],
  ["a line written over another", String.raw`console.log("10 %\r20 %")`, ["10 %", "20 %"]],
  [
    "bytes that are no text",
    String.raw`process.stdout.write(Buffer.from([97, 0xff, 0xc3, 98, 10]))`,
    ["a\ufffd\ufffdb"],
  ],
  ["a line of another system", String.raw`console.log("a\r\nb\r")`, ["a", "b"]],
  ["a NUL", String.raw`console.log("a\0b")`, ["a\ufffdb"]],
  ["a secret with colours in it", String.raw`console.log("can\x1b[1mary")`, ["[secret]"]],
  ["a line that is too long", `console.log("x".repeat(100000))`, [`${"x".repeat(2000)} ... (100000 characters)`]],
])("of a program's output %s reaches the log as text", async (_, code, lines) => {
  const { result, logged } = run([node, "-e", code]);
  await result;
  expect(logged.slice(-lines.length)).toEqual(lines);
});

test("whatever its exit code, a program can be asked for all that it printed, as it did", async () => {
  const { run, logged } = make();
  const code = "console.log('canary'); console.error('two'); process.stdout.write('end'); process.exitCode = 3";
  expect(await run([node, "-e", code], { cwd: "." })).toEqual({
    ...{ exitCode: 3, stdout: "canary\nend", stderr: "two\n", isWhole: true },
  });
  expect(logged.slice(1).sort()).toEqual(["[secret]", "end", "two"]);
});

test("beyond 10 MB its output is not kept, and a line without end is left out of the log", async () => {
  const { run, logged } = make();
  const { stdout, isWhole } = await run([node, "-e", "process.stdout.write('x'.repeat(12_000_000))"], { cwd: "." });
  expect([stdout.length, isWhole]).toEqual([10_000_000, false]);
  expect(logged.slice(1)).toEqual(["(a line too long to keep)"]);
});

test("what cannot be run, or does not end by itself, is an error in a few words", async () => {
  const { run } = make();
  expect(await message(run(["no-such-program", "canary"], { cwd: "." }))).toBe(
    "Refusal: no-such-program [secret] cannot be run: there is no such program",
  );
  const cwd = join(temporaryFolder(), "none");
  expect(await message(run([node], { cwd }))).toBe(`Refusal: ${cwd}: there is no such folder`);
  const kill = [node, "-e", "process.kill(process.pid, 'SIGKILL')"];
  expect(await message(run(kill, { cwd: "." }))).toBe(`Refusal: ${kill.join(" ")} was ended by SIGKILL`);
  const sleep = [node, "-e", "setTimeout(() => {}, 60_000)", "x".repeat(100)];
  const named = sleep.join(" ").slice(0, 97);
  expect(await message(run(sleep, { cwd: ".", timeoutSeconds: 0.2003 }))).toBe(
    `Refusal: ${named}... took too long and was ended`,
  );
  expect(await message(make(AbortSignal.timeout(200)).run(sleep, { cwd: "." }))).toBe(
    `Refusal: ${named}... was ended, the time of the step is over`,
  );
});
