/** The supervisor from nothing to nothing: it starts, outlives who started it, replaces what dies, and leaves nothing. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, makeParcelHost } from "../../support/parcel-host.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

const nothing = { supervisor: null, release: null, commit: null, workers: [] };

let host: ParcelHost;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0"]);
}, 30_000);
afterAll(() => host.remove());

/** Of these processes, those that live; one that has ended but was not waited for does not. */
async function living(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await execa("ps", ["-o", "pid=,stat=", "-p", pids.join(",")], { reject: false });
  const lines = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return lines.filter(([pid, state = "Z"]) => pid && !state.startsWith("Z")).map(([pid]) => Number(pid));
}

async function gone(pids: readonly number[]): Promise<void> {
  await eventually(`the end of ${pids.join(", ")}`, async () => (await living(pids)).length === 0 || undefined);
}

test("where nothing runs, status says so with exit code 3, and there is nothing to stop", async () => {
  const { exitCode, stdout, stderr } = await host.command("status");
  expect([exitCode, JSON.parse(stdout), stderr]).toEqual([3, nothing, ""]);
  expect(await host.command("stop")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("a first start on a port that is taken fails with the port, and leaves nothing behind", async () => {
  const port = Number(host.settings.PORT);
  const squatter = createServer().listen(port, "127.0.0.1");
  const { exitCode, stderr } = await host.command("reload");
  squatter.close();
  expect(exitCode).toBe(1);
  const reason = `127.0.0.1:${port} is taken by another program`;
  expect(stderr.split("\n")[0]).toBe(`parcel: v1.0.0 does not come up: ${reason}; nothing serves`);
  await eventually("the end of the supervisor", async () => (await host.command("status")).exitCode === 3 || undefined);
});

test("reloads at the same time follow each other under one supervisor", async () => {
  const results = await Promise.all([host.command("reload"), host.command("reload"), host.command("reload")]);
  expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([0, 0, 0].map((code) => [code, ""]));
  const told = results.map(({ stdout }) => JSON.parse(stdout) as Awaited<ReturnType<ParcelHost["status"]>>);
  expect(new Set(told.map(({ supervisor }) => supervisor)).size).toBe(1);
  expect(new Set(told.flatMap(({ workers }) => workers)).size).toBe(9);
  const status = await host.status();
  expect(status).toMatchObject({ release: "v1.0.0", commit: /^[0-9a-f]{40}$/.exec(status.commit ?? "")?.[0] });
  expect(await living(told.flatMap(({ workers }) => workers))).toEqual([...status.workers].sort((a, b) => a - b));
});

test.runIf(existsSync("/proc"))(
  "the supervisor has nothing of its caller's environment, nor secrets in its arguments",
  async () => {
    const { supervisor, workers } = await host.status();
    for (const pid of [supervisor, ...workers]) {
      const environment = readFileSync(`/proc/${pid ?? 0}/environ`, "utf8");
      expect(environment).not.toContain("VITEST");
      expect(environment).not.toContain(String(host.settings.SESSION_SECRET));
    }
  },
);

test("a worker that dies is replaced, and the log says so", async () => {
  const { workers } = await host.status();
  process.kill(workers[0] ?? Number.NaN, "SIGKILL");
  const replaced = await eventually("three workers", async () => {
    const status = await host.status();
    return status.workers.length === 3 && !status.workers.includes(workers[0] ?? 0) ? status.workers : undefined;
  });
  expect(replaced).toEqual(expect.arrayContaining(workers.slice(1)));
  const log = readFileSync(join(host.directory, "log", "parcel.log"), "utf8");
  expect(log).toContain(`web worker (pid ${workers[0] ?? 0}) was ended by SIGKILL; another one is started`);
});

test("workers whose supervisor was killed end, and the next reload starts anew", async () => {
  const { supervisor, workers } = await host.status();
  process.kill(supervisor ?? Number.NaN, "SIGKILL");
  await gone(workers);
  expect((await host.command("status")).exitCode).toBe(3);
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
  const status = await host.status();
  expect(status.supervisor).not.toBe(supervisor);
  expect((await host.get("/api/health")).response.status).toBe(200);
});

test("a supervisor that hangs is ended by stop all the same", { timeout: 20_000 }, async () => {
  const { supervisor, workers } = await host.status();
  process.kill(supervisor ?? Number.NaN, "SIGSTOP");
  expect((await host.command("stop")).exitCode).toBe(0);
  await gone([supervisor ?? 0, ...workers]);
});

test("stop ends everything; a second one finds nothing to do", async () => {
  expect((await host.command("reload")).exitCode).toBe(0);
  const { supervisor, workers } = await host.status();
  expect(await host.command("stop")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  expect(await living([supervisor ?? 0, ...workers])).toEqual([]);
  expect(await host.command("stop")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("a host whose path is too long for a socket is served all the same", async () => {
  const deep = await makeParcelHost(["v1.0.0"], {}, "a-folder-with-a-long-name".repeat(4));
  expect(await deep.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
  const { socket } = JSON.parse(readFileSync(join(deep.directory, "run", "supervisor.json"), "utf8")) as {
    socket: string;
  };
  expect(socket.startsWith(deep.directory)).toBe(false);
  expect((await deep.command("stop")).exitCode).toBe(0);
  expect(existsSync(dirname(socket))).toBe(false);
  await deep.remove();
});

test("an unknown command is refused with the known ones", async () => {
  const { exitCode, stderr } = await host.command("restart");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^parcel: usage: node current\/bin\/parcel.ts reload \| status \| stop \| routes --json \| /);
});
