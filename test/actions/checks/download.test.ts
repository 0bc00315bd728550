/** A download by its type, name, first bytes and size, right and wrong in every way. */
import { expect, test } from "vitest";
import { download } from "../../../actions/checks/download.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { password, serveSite, signsIn } from "../../support/site.ts";

const pdf = Buffer.from("%PDF-1.7\n and so on");
const headers = {
  "content-type": "application/pdf; charset=binary",
  "content-disposition": "attachment; filename=\"label.pdf\"; filename*=UTF-8''label%20%C3%BC.pdf",
};

const serving = (differing: Record<string, string> = {}, bytes = pdf): Promise<string> =>
  serve((_, response) => response.writeHead(200, { ...headers, ...differing }).end(bytes));

async function verdict(address: string, wanted: object = { magic: "pdf" }): Promise<string[]> {
  const args = { address, path: "/label", timeoutSeconds: 2, ...wanted };
  const { result } = await act(download, args, { secrets: { SMOKE: password } });
  return [result.verdict, result.seen];
}

const all = {
  ...{ type: "application/PDF", disposition: "attachment", filename: "label ü.pdf", magic: "pdf" },
  ...{ minBytes: pdf.length, maxBytes: pdf.length },
};

test("a file that is what it should be passes", async () => {
  const address = await serving();
  expect(await verdict(address, all)).toEqual([
    ...["pass", "/label: 19 bytes, as type, disposition, filename, magic, minBytes, maxBytes should be"],
  ]);
  expect(await verdict(address, { filename: { pattern: "label .\\.pdf" } })).toEqual([
    ...["pass", "/label: 19 bytes, as filename should be"],
  ]);
  expect((await verdict(address, { magic: "25504446" }))[0]).toBe("pass");
});

test.each<[object, string]>([
  [{ type: "image/png" }, "is of type application/pdf, want image/png"],
  [{ disposition: "inline" }, "its disposition is attachment, want inline"],
  [{ filename: "label.pdf" }, "is named label ü.pdf, want label.pdf"],
  [{ filename: { pattern: "label" } }, "is named label ü.pdf, want label"],
  [{ magic: "png" }, "begins with 255044462d312e37, which is no png"],
  [{ minBytes: 20 }, "has 19 bytes, want 20 at least"],
  [{ maxBytes: 18 }, "has 19 bytes, want 18 at most"],
  [
    { ...all, type: "a/b", minBytes: 1, maxBytes: 2 },
    "is of type application/pdf, want a/b; has 19 bytes, want 2 at most",
  ],
])("%j fails", async (wanted, seen) => {
  expect(await verdict(await serving(), wanted)).toEqual(["fail", `/label: ${seen}`]);
});

test("a page in place of the file fails in all that it is not", async () => {
  const address = await serve((_, response) => response.end());
  expect(await verdict(address, { ...all, maxBytes: undefined })).toEqual([
    "fail",
    "/label: is of type none, want application/PDF; its disposition is none, want attachment; " +
      "is named nothing, want label ü.pdf; begins with nothing, which is no pdf; has 0 bytes, want 19 at least",
  ]);
});

test("another status fails, and so does a file that ends too early", async () => {
  const address = await serve((_, response) => response.writeHead(404, headers).end(pdf));
  expect(await verdict(address)).toEqual(["fail", "/label answered 404, want 200"]);
  for (const announced of [{ "content-length": "1000" }, {}]) {
    const short = await serve((_, response) => {
      response.writeHead(200, announced).write(pdf, () => setTimeout(() => response.destroy(), 50));
    });
    expect(await verdict(short)).toEqual(["fail", "/label broke off before its end"]);
  }
});

test("who has to sign in does; a login that is refused fails", async () => {
  const address = await serveSite(({ response, user }) => response.writeHead(user === undefined ? 401 : 200).end(pdf));
  expect(await verdict(address)).toEqual(["fail", "/label answered 401, want 200"]);
  expect((await verdict(address, { magic: "pdf", signIn: signsIn("kim") }))[0]).toBe("pass");
  const refusing = await serve((_, response) => response.writeHead(503).end());
  expect(await verdict(refusing, { magic: "pdf", signIn: signsIn("kim") })).toEqual([
    ...["fail", "/login answered 503, want 200"],
  ]);
});

test("nobody there, no answer in time, and a connection that breaks at once are unknown", async () => {
  expect((await verdict(await closedAddress()))[0]).toBe("unknown");
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  const half = await serve((_, response) => void response.writeHead(200).write("half"));
  expect(await verdict(half, { magic: "pdf", timeoutSeconds: 0.2 })).toEqual([
    ...["unknown", "The operation was aborted due to timeout"],
  ]);
  const breaking = await serve((request) => request.socket.destroy());
  expect((await verdict(breaking))[0]).toBe("unknown");
});

test.each<[object, string]>([
  [{}, "expects nothing of the file, and an error page would pass"],
  [{ minBytes: 0 }, "at minBytes"],
  [{ minBytes: 2, maxBytes: 1 }, "minBytes is more than maxBytes"],
  [{ type: "application/pdf; charset=utf-8" }, "must be a type without parameters"],
  [{ filename: { pattern: "(" } }, "is no regular expression"],
  [{ magic: "2" }, "must be hexadecimal"],
])("%j is refused", (wanted, refusal) => {
  expect(() => call(download, { address: "http://localhost", path: "/label", ...wanted })).toThrow(refusal);
});
