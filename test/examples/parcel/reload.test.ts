/** Replacing the running release loses no request, and one that does not come up replaces nothing. */
import { cpSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../testing/free-port.ts";
import { eventually, makeParcelHost, smokePassword } from "../../support/parcel-host.ts";
import { Visitor } from "./visitor.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";
import type { LoadResult } from "./load.ts";

let host: ParcelHost;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0", "v1.1.0"]);
  host.migrate("v1.1.0");
}, 30_000);
afterAll(() => host.remove());

/** Puts load on the host from another process; gives back what waits for answers of a release, and what ends it. */
async function startLoad(mode: "keep-alive" | "close", cookie: string) {
  const paths = ["/api/version", "/orders", "/api/orders", "/", "/orders/new", "/api/health"];
  const script = join(import.meta.dirname, "load.ts");
  const load = execa(process.execPath, [script, host.url, mode, "6", cookie, ...paths], { stdin: "pipe" });
  let told = "";
  load.stdout.on("data", (text: Buffer) => (told += text.toString()));
  await expect.poll(() => told).toContain("started");
  return {
    enoughOf: (tag: string) => expect.poll(() => told, { timeout: 30_000 }).toContain(`enough of ${tag}`),
    end: async (): Promise<LoadResult> => {
      load.stdin.end();
      const { stdout } = await load;
      return JSON.parse(stdout.split("\n").at(-1) ?? "") as LoadResult;
    },
  };
}

/** A release on the host that is v1.1.0 with one file replaced. */
function tamper(id: string, file: string, content: string, settings: Record<string, string> = {}): void {
  cpSync(host.folder("v1.1.0"), host.folder(id), { recursive: true });
  writeFileSync(join(host.folder(id), file), content);
  host.configure(id, settings);
}

/** A health.ts whose version never answers. */
const mute = `import { json } from "./answers.ts";
export const health = () => json(200, {});
export const version = () => new Promise(() => undefined);
`;

describe("under load", () => {
  test("no request fails while releases replace each other, with keep-alive and without", async () => {
    expect((await host.reload("v1.0.0")).exitCode).toBe(0);
    const visitor = new Visitor(host);
    await visitor.signIn("smoke@parcel.test", smokePassword);
    const loads = [await startLoad("keep-alive", visitor.cookie), await startLoad("close", visitor.cookie)];
    // The last one loads the same release again: that too replaces the workers.
    for (const tag of ["v1.1.0", "v1.0.0", "v1.0.0"]) {
      expect(await host.reload(tag)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(JSON.parse((await host.get("/api/version")).text)).toMatchObject({ release: tag });
      for (const load of loads) await load.enoughOf(tag);
    }
    for (const { end } of loads) {
      const { requests, failures, releases } = await end();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(200);
      expect(releases["v1.0.0"]).toBeGreaterThan(100);
      expect(releases["v1.1.0"]).toBeGreaterThan(100);
    }
  }, 40_000);

  test("an idle connection is kept for its next request, whose answer closes it", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<{ connection: string | undefined; reused: boolean }>((resolve, reject) => {
        const request = get(new URL("/api/version", host.url), { agent }, (response) => {
          response.resume().on("end", () => {
            resolve({ connection: response.headers.connection, reused: request.reusedSocket });
          });
        });
        request.on("error", reject);
      });
    expect(await ask()).toEqual({ connection: "keep-alive", reused: false });
    const reload = host.reload("v1.0.0");
    const last = await eventually("the last answer on the old connection", async () => {
      const answer = await ask();
      return answer.connection === "close" ? answer : undefined;
    });
    expect(last.reused).toBe(true);
    expect((await reload).exitCode).toBe(0);
    agent.destroy();
  });
});

describe("a release that does not come up", () => {
  test("that crashes is ended, and the old one keeps serving", async () => {
    const before = await host.status();
    tamper("v1.1.0-crash", "web/main.ts", 'throw new Error("no carrier is configured");\n');
    const { exitCode, stderr } = await host.reload("v1.1.0-crash");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("parcel: v1.1.0-crash does not come up: ");
    expect(stderr).toContain("; v1.0.0 keeps serving");
    expect(stderr).toContain("no carrier is configured");
    expect(await host.status()).toEqual(before);
  });

  test("that does not answer in time is ended", async () => {
    tamper("v1.1.0-mute", "web/health.ts", mute, { START_SECONDS: "1" });
    const { exitCode, stderr } = await host.reload("v1.1.0-mute");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "v1.1.0-mute does not come up: did not answer /api/version within 1 s; v1.0.0 keeps serving",
    );
    expect((await host.status()).workers).toHaveLength(3);
  });

  test("whose .env is not complete is refused with what is missing", async () => {
    tamper("v1.1.0-poor", ".env", "");
    writeFileSync(join(host.folder("v1.1.0-poor"), ".env"), "RELEASE=v1.1.0-poor\nPORT=1\n");
    const { exitCode, stderr } = await host.reload("v1.1.0-poor");
    expect(exitCode).toBe(1);
    const file = join(host.folder("v1.1.0-poor"), ".env");
    expect(stderr).toBe(`parcel: ${file}: HOST_ADDRESS, DATABASE, SESSION_SECRET missing`);
  });

  test("on a port that is taken is refused with the port", async () => {
    const port = await freePort();
    const squatter = createServer().listen(port, "127.0.0.1");
    tamper("v1.1.0-taken", "README.md", "", { PORT: String(port) });
    const { exitCode, stderr } = await host.reload("v1.1.0-taken");
    squatter.close();
    expect(exitCode).toBe(1);
    const reason = `127.0.0.1:${port} is taken by another program`;
    expect(stderr.split("\n")[0]).toBe(`parcel: v1.1.0-taken does not come up: ${reason}; v1.0.0 keeps serving`);
  });
});
