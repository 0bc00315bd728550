/** Proves that a free port can be used. */
import { createServer } from "node:http";
import { once } from "node:events";
import { expect, test } from "vitest";
import { freePort } from "../../testing/free-port.ts";

test("a server can listen on it", async () => {
  const port = await freePort();
  const server = createServer((_, response) => response.end("here")).listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  server.close();
});
