/** The application's log files, one for each host, as a source. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loggedRequests } from "../../../actions/watch/logs.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";

const lines = { field: "status", errorFrom: 500 };
const logged = (...statuses: number[]): string => statuses.map((status) => `${JSON.stringify({ status })}\n`).join("");

function twoLogs(): string[] {
  const folder = temporaryFolder();
  return ["a.log", "b.log"].map((name) => join(folder, name));
}

test("what is there is the time before, what comes is the time since, of all hosts", async () => {
  const files = twoLogs();
  const [a = "", b = ""] = files;
  writeFileSync(a, logged(200, 500, 404));
  writeFileSync(b, `started\n${logged(200)}`);
  const first = (await act(loggedRequests, { files, lines })).result;
  expect(first).toMatchObject({ requests: 0, errors: 0, before: { requests: 4, errors: 1 } });
  appendFileSync(a, logged(502));
  appendFileSync(b, logged(200, 200));
  const next = (await act(loggedRequests, { files, lines }, { needs: { CURSOR: first.cursor } })).result;
  expect(next).toMatchObject({ requests: 3, errors: 1 });
  const none = (await act(loggedRequests, { files, lines }, { needs: { CURSOR: next.cursor } })).result;
  expect(none).toEqual({ requests: 0, errors: 0, cursor: next.cursor });
});

test("only so much of the time before is read as is asked for", async () => {
  const files = twoLogs();
  const [a = ""] = files;
  writeFileSync(a, logged(...Array.from({ length: 1000 }, () => 500), ...Array.from({ length: 1000 }, () => 200)));
  const { result } = await act(loggedRequests, { files: [a], lines, beforeMegabytes: 0.001 });
  expect(result.before?.errors).toBe(0);
  expect(result.before?.requests).toBeGreaterThan(50);
});

test("before a first release there is no log yet, afterwards there must be one", async () => {
  const files = twoLogs();
  const [a = ""] = files;
  const first = (await act(loggedRequests, { files, lines })).result;
  expect(first).toEqual({ requests: 0, errors: 0, before: { requests: 0, errors: 0 }, cursor: [null, null] });
  const reading = () => act(loggedRequests, { files, lines }, { needs: { CURSOR: first.cursor } });
  await expect(reading()).rejects.toThrow(`${files.join(", ")}: there is no such log`);
  writeFileSync(a, logged(200, 500));
  expect((await reading()).result).toMatchObject({ requests: 2, errors: 1 });
});

test("no file, and lines that say nothing, are refused", () => {
  expect(() => call(loggedRequests, { files: [], lines })).toThrow("files");
  expect(() => call(loggedRequests, { files: ["a"], lines: { field: "level", errors: [] } })).toThrow("lines");
});
