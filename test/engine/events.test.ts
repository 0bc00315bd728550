import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import events_grpc_pb from "@pulumi/pulumi/proto/events_grpc_pb.js";
import { expect, test } from "vitest";
import { Events, Masker, openEventLog, stepMetadata } from "../../engine/events.ts";
import { secret } from "../../engine/property-value.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb.js";
import type { EngineEvent } from "../../engine/events.ts";

test("states in events have their secrets masked", () => {
  const old = { urn: "urn:pulumi:dev::case::t::a", custom: true, type: "t", id: "i", inputs: { a: secret("tok") } };
  const diff = { changed: true, changedKeys: ["a"], replaceKeys: [], detailed: { a: "update" as const } };
  const metadata = stepMetadata({ op: "update", old, next: old, diff });
  expect(JSON.stringify(metadata)).not.toContain("tok");
  expect(metadata).toMatchObject({
    op: "update",
    diffs: ["a"],
    detailedDiff: { a: { diffKind: "update", inputDiff: false } },
  });
  expect(metadata).not.toHaveProperty("keys");
  expect(metadata.logical).toBe(true);
  expect(stepMetadata({ op: "delete-replaced", old })).not.toHaveProperty("logical");
});

test("known secrets and colours are taken out of messages, very short texts are left", () => {
  const seen: EngineEvent[] = [];
  const events = new Events([{ event: (event) => seen.push(event), close: () => Promise.resolve() }]);
  events.masker.add(["token", "tokens", "x"]);
  events.diagnostic("error", "\u001b[31mtokens and token\u001b[0m x", "urn");
  expect(seen[0]?.diagnosticEvent).toEqual({
    urn: "urn",
    prefix: "error: ",
    message: "[secret] and [secret] x\n",
    color: "never",
    severity: "error",
  });
  expect(new Masker().mask("open")).toBe("open");
});

test("what a script printed of a secret is in no event, and the state itself stays as it is", async () => {
  const project = new EngineProject(`
    const token = pulumi.secret("tok-CANARY");
    const a = step("a", { create: "echo got $T", environment: { T: token } });
    export const out = pulumi.interpolate\`\${a.stdout}!\`;
  `);
  const { stdout, stderr, events } = await project.operate("up");
  expect(stdout).toContain('out: "got [secret]!"');
  expect(stdout + stderr + JSON.stringify(events)).not.toContain("CANARY");
  expect(project.resource("a").outputs?.stdout).toBe("got tok-CANARY");
});

test("secrets are found escaped as in JSON, and line by line", () => {
  const masker = new Masker();
  masker.add(['say "it"', "-----BEGIN KEY-----\nabc\n0123456789abcdef\n"]);
  expect(masker.mask(JSON.stringify({ said: 'say "it"' }))).toBe('{"said":"[secret]"}');
  expect(masker.mask("read 0123456789abcdef and abc")).toBe("read [secret] and abc");
});

test("a file gets one numbered event per line", async () => {
  const file = join(new EngineProject().directory, "log");
  const log = await openEventLog(file);
  log.event({ preludeEvent: { config: {} } });
  log.event({ cancelEvent: {} });
  await log.close?.();
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { sequence: 0, preludeEvent: { config: {} } },
    { sequence: 1, cancelEvent: {} },
  ]);
});

test("a listener of the Automation API gets every event before the log is closed", async () => {
  const received: string[] = [];
  const server = new grpc.Server();
  server.addService(events_grpc_pb.EventsService, {
    streamEvents(call: ServerReadableStream<EventRequest, object>, answer: sendUnaryData<object>) {
      call.on("data", (request: EventRequest) => received.push(request.getEvent()));
      void once(call, "end").then(() => {
        answer(null, new empty_pb.Empty());
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, bound) => {
      resolve(bound);
    });
  });
  const log = await openEventLog(`tcp://127.0.0.1:${port}`);
  log.event({ cancelEvent: {} });
  await log.close?.();
  server.forceShutdown();
  expect(received.map((text) => JSON.parse(text) as object)).toMatchObject([{ sequence: 0, cancelEvent: {} }]);
});

test("a listener that is gone does not fail anything", async () => {
  const log = await openEventLog("tcp://127.0.0.1:1");
  log.event({ cancelEvent: {} });
  await log.close?.();
});
