/** The check of a queue: a job goes in, and real workers do it, slowly, wrongly, or not at all. */
import { expect, test } from "vitest";
import { queue } from "../../../actions/checks/queue.ts";
import { call } from "../../../components/call.ts";
import { act, bodyOf, closedAddress, serve } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const program = `import fs from "node:fs";
import { spawn } from "node:child_process";
const [verb, id, after = "0"] = process.argv.slice(2);
if (verb === "work") setTimeout(() => fs.writeFileSync(id, "done by v2: " + id), Number(after));
if (verb === "put") spawn(process.execPath, ["queue.mjs", "work", id, after], { stdio: "ignore", detached: true }).unref();
if (verb === "show") console.log(fs.readFileSync(id, "utf8"));
if (verb === "fail") { console.error("no connection to the queue"); process.exit(1); }
`;
const putAfter = (milliseconds: number): string[] => ["node", "queue.mjs", "put", "{id}", String(milliseconds)];

async function verdict(differing: object = {}): Promise<string[]> {
  const args = {
    directory: makeTarget({ "queue.mjs": program }),
    put: putAfter(0),
    effect: ["node", "queue.mjs", "show", "{id}"],
    intervalSeconds: 0.05,
    ...differing,
  };
  const { result } = await act(queue, args);
  return [result.verdict, result.seen.replace(/after \d+\.\d s/, "after N s")];
}

test("a job whose effect shows in time passes, and so do workers of the release", async () => {
  expect(await verdict()).toEqual(["pass", "the job was done after N s"]);
  expect((await verdict({ expect: "done by v2: {id}", release: "v2", targetSeconds: 20 }))[0]).toBe("pass");
});

test("a late effect is a warning", async () => {
  expect(await verdict({ targetSeconds: 0.01 })).toEqual(["warn", "the job was done after N s, want 0.01"]);
});

test.each<[string, object, string]>([
  [
    "a queue that takes no job",
    { put: ["node", "queue.mjs", "fail", "{id}"] },
    "the job could not be put in: node queue.mjs fail {id}: exit code 1: no connection to the queue",
  ],
  ["another release's workers", { release: "v3" }, "the job was done, but not by workers of v3"],
  [
    "an effect that was there before",
    { effect: ["node", "-e", "console.log(process.argv[1])", "{id}"] },
    "the effect shows before the job was put in: it proves nothing",
  ],
])("%s fails", async (_, differing, seen) => {
  expect(await verdict(differing)).toEqual(["fail", seen]);
});

test("no effect in time fails, with what was seen last", async () => {
  expect(await verdict({ put: putAfter(60_000), withinSeconds: 0.4 })).toEqual([
    "fail",
    expect.stringMatching(/^no effect of the job within 0\.4 s: node queue\.mjs show \{id\}: exit code 1: .*/),
  ]);
});

test("requests do it, too", async () => {
  const jobs = new Map<string, number>();
  const address = await serve(async (request, response) => {
    if (request.method === "POST") jobs.set(await bodyOf(request), Date.now());
    const id = request.url?.slice(1) ?? "";
    const isDone = Date.now() - (jobs.get(id) ?? Infinity) > 200;
    response.writeHead(request.method === "POST" ? 202 : isDone ? 200 : 404).end(`job ${id}`);
  });
  const put = { url: `${address}/`, method: "POST", body: "{id}" };
  expect(await verdict({ put, effect: { url: `${address}/{id}` } })).toEqual(["pass", "the job was done after N s"]);
});

test("a program that is missing, nobody there, and an application that falls silent cannot be judged", async () => {
  expect(await verdict({ effect: ["no-such-program", "{id}"] })).toEqual([
    "unknown",
    expect.stringMatching(/^no-such-program switchback-\w+ cannot be run: there is no such program$/),
  ]);
  expect((await verdict({ effect: { url: `${await closedAddress()}/{id}` } }))[0]).toBe("unknown");
  expect((await verdict({ put: { url: "http://none.invalid/{id}", method: "POST" } }))[0]).toBe("unknown");
  let looks = 0;
  const address = await serve((request, response) =>
    looks++ === 0 ? response.writeHead(404).end() : request.socket.destroy(),
  );
  const [answer, seen] = await verdict({ effect: { url: `${address}/{id}` }, withinSeconds: 0.3 });
  expect([answer, seen?.startsWith("no effect of the job within 0.3 s: ")]).toEqual(["unknown", true]);
});

test("what any job would show is refused", () => {
  const args = {
    directory: "host",
    put: ["put"],
    effect: ["show"],
    expect: "done",
    withinSeconds: 5,
    targetSeconds: 5,
  };
  expect(() => call(queue, args)).toThrow(
    [
      "actions/checks/queue: its arguments are wrong",
      "✖ puts in what every job could be: {id} must stand in it",
      "  → at put",
      "✖ any job's effect would do: {id} must stand in it, or in what is asked for the effect",
      "  → at expect",
      "✖ is not below the limit, so it would never warn",
      "  → at targetSeconds",
    ].join("\n"),
  );
});
