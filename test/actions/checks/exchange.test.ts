/** Commands and requests with placeholders. */
import { expect, test } from "vitest";
import * as z from "zod";
import { exchange, exchangeSchema, filled, mentions } from "../../../actions/checks/exchange.ts";
import { targetSchema } from "../../../actions/checks/target.ts";
import { bodyOf, closedAddress, makeContext, serve } from "../../support/context.ts";
import { makeTarget, script } from "../../support/target.ts";

async function ask(given: z.input<ReturnType<typeof exchangeSchema>>, secrets: Record<string, string> = {}) {
  const target = z.strictObject(targetSchema(z)).parse({ directory: makeTarget(), timeoutSeconds: 5, secrets });
  const { context } = makeContext({ secrets: { TOKEN: "hush-hush" } });
  return exchange(exchangeSchema(z).parse(given), { id: "a b", key: "k" }, target, context);
}

test("a command is asked with its placeholders filled, and says no by its exit code", async () => {
  const say = script("console.log(args.join('|')); console.error('why'); process.exit(Number(args[1]))", "{id} {key}");
  expect(await ask([...say, "0"])).toMatchObject({ isOk: true, saysNo: false, text: "a b k|0\n" });
  const no = await ask([...say, "1"]);
  expect([no.isOk, no.saysNo, no.words.endsWith(": exit code 1: why")]).toEqual([false, true, true]);
});

test("a request is sent with placeholders and secrets in their places", async () => {
  const address = await serve(async (request, response) =>
    response.end([request.method, request.url, request.headers.authorization, await bodyOf(request)].join(" ")),
  );
  const headers = { authorization: "Bearer {API}" };
  const reply = await ask(
    { url: `${address}/jobs/{id}`, method: "POST", headers, body: '{"id":"{id}","other":"{other}"}' },
    { API: "TOKEN" },
  );
  expect(reply).toEqual({
    ...{ isOk: true, saysNo: false, words: `POST ${address}/jobs/{id} answered 200` },
    text: 'POST /jobs/a%20b Bearer hush-hush {"id":"a b","other":"{other}"}',
  });
});

test("404 and 410 say no, 500 says nothing, and no answer is an error", async () => {
  const address = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end());
  const kinds = await Promise.all([404, 410, 500, 302].map((status) => ask({ url: `${address}/${status}` })));
  expect(kinds.map(({ isOk, saysNo }) => [isOk, saysNo])).toEqual([
    [false, true],
    [false, true],
    [false, false],
    [false, false],
  ]);
  await expect(ask({ url: await closedAddress() })).rejects.toThrow("fetch failed");
  await expect(ask(["no-such-program"])).rejects.toThrow("there is no such program");
});

test("placeholders are found wherever they stand, and what is unknown stays", () => {
  expect(mentions(["a", "b{id}"], "id")).toBe(true);
  expect(mentions({ url: "http://x/{id}", method: "GET", headers: {} }, "id")).toBe(true);
  expect(mentions(["id"], "id")).toBe(false);
  expect(filled("{a} {constructor} {b}", { a: "{b}", b: "2" })).toBe("{b} {constructor} 2");
});
