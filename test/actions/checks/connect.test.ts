/** How a port takes a connection. */
import dns from "node:dns";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { connect } from "../../../actions/checks/connect.ts";
import { closedAddress, serve } from "../../support/context.ts";
import { silentPort } from "../../support/silent-port.ts";

const limits = { signal: new AbortController().signal, timeoutSeconds: 5 };
const portOf = (url: string): number => Number(new URL(url).port);

test("open and refused are told apart, by address and by name", async () => {
  const open = portOf(await serve((_, response) => response.end()));
  const closed = portOf(await closedAddress());
  expect([await connect("127.0.0.1", open, limits), await connect("localhost", open, limits)]).toEqual([
    "open",
    "open",
  ]);
  expect([await connect("127.0.0.1", closed, limits), await connect("localhost", closed, limits)]).toEqual([
    ...["refused", "refused"],
  ]);
});

test("who says hello and closes at once is open", async () => {
  const server = createServer((socket) => socket.resetAndDestroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  expect(await connect("127.0.0.1", (server.address() as { port: number }).port, limits)).toBe("open");
});

test("where nothing comes back it is silent", async () => {
  const port = await silentPort();
  expect(await connect("127.0.0.1", port, { ...limits, timeoutSeconds: 0.3 })).toBe("silent");
});

test("no such name, and being told to stop, are errors", async () => {
  await expect(connect("none.invalid", 80, limits)).rejects.toThrow("none.invalid");
  const told = { signal: AbortSignal.abort(), timeoutSeconds: 5 };
  await expect(connect("127.0.0.1", 80, told)).rejects.toThrow("aborted");
});

test("a resolver that says nothing is no silent port", async () => {
  const lookup = vi.spyOn(dns, "lookup").mockImplementation(() => undefined);
  onTestFinished(() => {
    lookup.mockRestore();
  });
  await expect(connect("shop.example", 80, { ...limits, timeoutSeconds: 0.2 })).rejects.toThrow("aborted");
  expect(lookup).toHaveBeenCalledOnce();
});
