/** Event streams, cut anywhere. */
import { expect, test } from "vitest";
import { newEventReader } from "../../../actions/checks/event-stream.ts";

const stream =
  ": hello\n\nevent: tick\ndata: 1\n\ndata: ü\r\ndata: 2\r\nid: 7\r\n\r\nevent:tock\rdata\r\r\nevent: empty\n\n";
const bytes = new TextEncoder().encode(stream);

test.each([bytes.length, 7, 1])("events are found in pieces of %i bytes", (size) => {
  const reader = newEventReader();
  const events: string[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.read(bytes.subarray(at, at + size)));
  expect(events).toEqual(["tick", "message", "tock"]);
});

test("what is no event stream holds no event, and a line without an end is an error", () => {
  const reader = newEventReader();
  expect(reader.read(Buffer.from("\0\xff binary\n\n<html>\n\n"))).toEqual([]);
  expect(() => reader.read(Buffer.alloc(300_000, "x"))).toThrow("a line of the stream has no end");
});
