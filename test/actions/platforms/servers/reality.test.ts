// What really serves is asked for, and compared with what is said to serve.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { disagreements, look, type Reality } from "../../../../actions/platforms/servers/reality.ts";

const manifest = { release: "v1.1.0", commit: "abc", artifact: "a".repeat(64) };
let folder: string;
let server: Server;
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "switchback-reality-"));
  server = createServer((request, response) => {
    response.statusCode = request.url === "/version" ? 200 : 503;
    response.end(JSON.stringify({ release: "v1.1.0", commit: "abc" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, "host/releases/v1.1.0-x"), { recursive: true });
  writeFileSync(join(folder, "host/releases/v1.1.0-x/.switchback.json"), JSON.stringify(manifest));
  symlinkSync("releases/v1.1.0-x", join(folder, "host/current"));
  writeFileSync(join(folder, "settled.json"), JSON.stringify({ ...manifest, folder: "v1.1.0-x", rollout: "2-abc" }));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const lookAt = (version: string, at = address): Promise<Reality> =>
  look(
    {
      hosts: [{ name: "a", directory: join(folder, "host"), address: at }],
      address: at,
      evidence: { version },
    },
    folder,
  );

test("a host that serves what it should", async () => {
  const reality = await lookAt("/version");
  expect(reality).toEqual({
    address: { release: "v1.1.0", commit: "abc" },
    hosts: [{ name: "a", address, current: "v1.1.0", release: "v1.1.0", commit: "abc" }],
    settled: "v1.1.0",
  });
  expect(disagreements("v1.1.0", reality)).toEqual([]);
});

test("another release than the state says", async () => {
  expect(disagreements("v1.0.0", await lookAt("/version"))).toEqual([
    "the address: v1.1.0 answers, not v1.0.0",
    "a: v1.1.0 answers, not v1.0.0",
    "a: current points at v1.1.0, not v1.0.0",
    "the store: the last activation left v1.1.0, not v1.0.0",
  ]);
});

test("a host that answers an error", async () => {
  expect(disagreements("v1.1.0", await lookAt("/other"))).toEqual(["the address: answers 503", "a: answers 503"]);
});

test("nobody answers, and the release's folder is gone", async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(join(folder, "host/releases"), { recursive: true });
  const { port } = new URL(address);
  const reality = await lookAt("/version");
  expect(disagreements("v1.1.0", reality)).toEqual([
    `the address: no answer (connect ECONNREFUSED 127.0.0.1:${port})`,
    `a: no answer (connect ECONNREFUSED 127.0.0.1:${port})`,
    "a: current points at v1.1.0-x, which is gone, not v1.1.0",
  ]);
});

test("what is damaged is told, and the rest of the answer, too", async () => {
  writeFileSync(join(folder, "settled.json"), "{");
  writeFileSync(join(folder, "host/releases/v1.1.0-x/.switchback.json"), "[]");
  const [current, settled, ...more] = disagreements("v1.1.0", await lookAt("/version"));
  expect(current).toMatch(/^a: current points at nothing that can be read \(.*is damaged: it is no object\. /);
  expect(settled).toMatch(/^the store: the last activation left nothing that can be read \(.*it is not JSON\. /);
  expect(more).toEqual([]);
});
