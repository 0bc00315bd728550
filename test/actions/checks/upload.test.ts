/** An upload to a site that keeps files, whole and broken in every way. */
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { upload } from "../../../actions/checks/upload.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { password, sendJson, serveSite, signsIn } from "../../support/site.ts";

type Fault =
  | ("refuses" | "says no place" | "loses" | "cuts" | "hangs" | "cannot delete" | "does not delete")
  | "hangs at deleting";

/** The parts of a form with one file, as they stand in the body byte by byte. */
async function partsOf(request: IncomingMessage) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const boundary = /boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1] ?? "";
  const parts = Buffer.concat(pieces).toString("latin1").split(`--${boundary}`).slice(1, -1);
  const fields: Record<string, string> = {};
  let file = { name: "", type: "", bytes: Buffer.alloc(0) };
  for (const part of parts) {
    const [head = "", body = ""] = part.slice(0, -2).split(/\r\n\r\n(.*)/s);
    const [, name = "", fileName] = /name="(\w+)"(?:; filename="(.+?)")?/.exec(head) ?? [];
    const type = /content-type: (.+)/i.exec(head)?.[1] ?? "";
    if (fileName === undefined) fields[name] = body;
    else file = { name: fileName, type, bytes: Buffer.from(body, "latin1") };
  }
  return { fields, file };
}

/** Keeps what is uploaded, and tells where. `received` are the fields of the form. */
function files(received: Record<string, unknown>[], fault?: Fault): Promise<string> {
  const kept = new Map<string, Buffer>();
  return serve(async (request, response) => {
    const [path = "", method] = [request.url, request.method];
    if (path === "/new") return response.end(`<form action="/files"><input type=hidden name=csrf value=t2></form>`);
    const id = /^\/files\/(\d+)/.exec(path)?.[1] ?? "";
    if (method === "POST" && id === "") {
      const { fields, file } = await partsOf(request);
      received.push({ ...fields, ...file, bytes: file.bytes.length });
      if (fault === "refuses") return response.writeHead(413).end();
      kept.set("1", file.bytes);
      if (fault === "says no place") return response.writeHead(201).end();
      response.setHeader("location", "/files/1?key=secret");
      return sendJson(response, { file: { id: 1 } }, 201);
    }
    const file = kept.get(id);
    if (method === "GET" && file && fault !== "loses") {
      if (fault === "hangs") return undefined;
      return response.end(fault === "cuts" ? file.subarray(0, 10) : file);
    }
    if (file && (method === "DELETE" || path === "/files/1/delete")) {
      if (fault === "hangs at deleting") return undefined;
      if (fault !== "does not delete" && fault !== "cannot delete") kept.delete(id);
      return response.writeHead(fault === "cannot delete" ? 405 : 204).end();
    }
    return response.writeHead(404).end();
  });
}

async function verdict(address: string, differing: object = {}): Promise<string[]> {
  const args = { address, path: "/files", timeoutSeconds: 0.5, ...differing };
  const { result } = await act(upload, args, { secrets: { SMOKE: password } });
  return [result.verdict, result.seen];
}

const good = "4096 bytes sent to /files came back the same";

test("a file that comes back the same, and is gone afterwards, passes", async () => {
  const received: Record<string, unknown>[] = [];
  expect(await verdict(await files(received))).toEqual(["pass", good]);
  const more = {
    ...{ page: "/new", fields: { folder: "smoke" }, fileName: "a.pdf", type: "application/pdf", startsLike: "pdf" },
    ...{ bytes: 100, location: { json: "file.id", prefix: "/files/" } },
    cleanUp: { method: "POST", suffix: "/delete", fields: { _method: "DELETE" } },
  };
  expect(await verdict(await files(received), more)).toEqual(["pass", good.replace("4096", "100")]);
  expect(received).toEqual([
    { name: "smoke-check.bin", type: "application/octet-stream", bytes: 4096 },
    { csrf: "t2", folder: "smoke", name: "a.pdf", type: "application/pdf", bytes: 100 },
  ]);
});

test.each<[Fault, string]>([
  ["refuses", "/files answered 413, want 200 or 201 or 302 or 303"],
  ["says no place", "/files answered 201, but not where the file is: it cannot be cleaned up"],
  ["loses", "/files/1, where the file should be, answered 404, want 200"],
  ["cuts", "/files/1 answered with other content: 10 bytes, 4096 were sent"],
])("a site that %s fails", async (fault, seen) => {
  expect(await verdict(await files([], fault))).toEqual(["fail", seen]);
});

test.each<[Fault, string]>([
  ["cannot delete", "DELETE /files/1 answered 405, want 200 or 202 or 204 or 302 or 303"],
  ["does not delete", "/files/1 is still there"],
  ["hangs at deleting", "DELETE /files/1: The operation was aborted due to timeout"],
])("a site that %s is a warning", async (fault, left) => {
  expect(await verdict(await files([], fault))).toEqual(["warn", `${good}; not cleaned up: ${left}`]);
});

test("what need not be gone is not asked for again, and what may stay is left there", async () => {
  expect((await verdict(await files([], "does not delete"), { cleanUp: { gone: false } }))[0]).toBe("pass");
  const address = await files([]);
  expect((await verdict(address, { cleanUp: false }))[0]).toBe("pass");
  expect((await fetch(`${address}/files/1`)).status).toBe(200);
});

test("a file that does not come is unknown, and removed all the same", async () => {
  const address = await files([], "hangs");
  const signal = AbortSignal.timeout(2000);
  expect(await verdict(address)).toEqual(["unknown", "The operation was aborted due to timeout"]);
  expect((await fetch(`${address}/files/1`, { signal })).status).toBe(404);
});

test("who has to sign in does, and the token of a cookie is sent with what changes something", async () => {
  const tokens: unknown[] = [];
  let gone = false;
  let content = "";
  const address = await serveSite(({ what, request, response, body, user }) => {
    if (user === undefined) return response.writeHead(401).end();
    if (what === "GET /new") return response.setHeader("set-cookie", "xsrf=c1").end();
    if (what === "GET /files/1") return gone ? response.writeHead(404).end() : response.end(content);
    tokens.push([what, request.headers["x-xsrf"]]);
    gone = what === "DELETE /files/1";
    content = body;
    return response.writeHead(gone ? 204 : 201, { location: "/files/1" }).end();
  });
  const csrfCookie = { cookie: "xsrf", header: "x-xsrf" };
  const [answer, seen] = await verdict(address, { signIn: signsIn("kim"), page: "/new", csrfCookie });
  // It gives all of the form back, so the content is another one.
  expect([answer, seen?.replace(/\d+ bytes,/, "N bytes,")]).toEqual([
    ...["fail", "/files/1 answered with other content: N bytes, 4096 were sent"],
  ]);
  expect(tokens).toEqual([
    ["POST /files", "c1"],
    ["DELETE /files/1", "c1"],
  ]);
  expect(await verdict(address)).toEqual(["fail", "/files answered 401, want 200 or 201 or 302 or 303"]);
  expect(await verdict(address, { page: "/new" })).toEqual(["fail", "/new answered 401, want 200"]);
});

test("nobody there, and no such name, are unknown; a login that is refused fails", async () => {
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  const refusing = await serve((_, response) => response.writeHead(503).end());
  expect(await verdict(refusing, { signIn: signsIn("kim") })).toEqual(["fail", "/login answered 503, want 200"]);
});

test("arguments under which anything would be accepted, or nothing be sent, are refused", () => {
  const args = { address: "http://localhost", path: "/files" };
  expect(() => call(upload, { ...args, statuses: [] })).toThrow("at statuses");
  expect(() => call(upload, { ...args, statuses: [500] })).toThrow("at statuses[0]");
  expect(() => call(upload, { ...args, bytes: 0 })).toThrow("at bytes");
  expect(call(upload, args).args).toMatchObject({ cleanUp: { method: "DELETE", gone: true } });
});
