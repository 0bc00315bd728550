/** One request a reading: what counts as an error, and that the first reading asks nobody. */
import { expect, test } from "vitest";
import type { Reading } from "../../../actions/watch/reading.ts";
import { sampledRequests } from "../../../actions/watch/sampler.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

async function errors(url: string, timeoutSeconds = 5): Promise<Reading> {
  const { result } = await act(sampledRequests, { url, timeoutSeconds }, { needs: { CURSOR: {} } });
  return result;
}
const page = (status: number): Promise<string> =>
  serve((_, response) => response.writeHead(status, { location: "/elsewhere" }).end());

test.each([
  [200, 0],
  [204, 0],
  [302, 1],
  [404, 1],
  [500, 1],
])("an answer of %d counts %d errors", async (status, count) => {
  expect(await errors(await page(status))).toEqual({ requests: 1, errors: count, cursor: {} });
});

test("nobody there, a name nobody knows, no answer in time, and an answer without end are errors", async () => {
  const silent = await serve(() => undefined);
  const endless = await serve((_, response) => void response.writeHead(200).write("on and on"));
  const found = await Promise.all([
    errors(await closedAddress()),
    errors("http://none.invalid/"),
    errors(silent, 0.1),
    errors(endless, 0.1),
  ]);
  expect(found.map((one) => one.errors)).toEqual([1, 1, 1, 1]);
});

test("the first reading says only where it is", async () => {
  const { result } = await act(sampledRequests, { url: await closedAddress() });
  expect(result).toEqual({ requests: 0, errors: 0, cursor: {} });
});

test("one that is ended counts nothing", async () => {
  const ending = new AbortController();
  const silent = await serve(() => {
    ending.abort();
  });
  const asking = act(sampledRequests, { url: silent }, { needs: { CURSOR: {} }, signal: ending.signal });
  await expect(asking).rejects.toThrow("This operation was aborted");
});
