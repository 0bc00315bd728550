import { appendFileSync } from "node:fs";
import type { EngineEvent, EventSink } from "./events.ts";

/** `--event-log`: a file with one event per line, or the Automation API's `tcp://HOST:PORT`. */
export async function openEventLog(target: string): Promise<EventSink> {
  const write = target.startsWith("tcp://") ? await streamTo(target.slice("tcp://".length)) : appendTo(target);
  let sequence = 0;
  return {
    event(event) {
      write.line(JSON.stringify(numbered(event, sequence++)));
    },
    close: () => write.close(),
  };
}

function numbered(event: EngineEvent, sequence: number): object {
  return { sequence, timestamp: Math.floor(Date.now() / 1000), ...event };
}

interface LineWriter {
  line(text: string): void;
  close(): Promise<void>;
}

function appendTo(file: string): LineWriter {
  return {
    line(text) {
      appendFileSync(file, `${text}\n`);
    },
    close: () => Promise.resolve(),
  };
}

async function streamTo(address: string): Promise<LineWriter> {
  const [{ default: grpc }, { default: events_pb }, { default: events_grpc_pb }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/events_pb.js"),
    import("@pulumi/pulumi/proto/events_grpc_pb.js"),
  ]);
  const client = new events_grpc_pb.EventsClient(address, grpc.credentials.createInsecure());
  let over: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (over = resolve));
  // A listener that has gone away is no reason to fail the operation.
  const stream = client.streamEvents(() => {
    over();
  });
  return {
    line(text) {
      stream.write(new events_pb.EventRequest().setEvent(text));
    },
    async close() {
      stream.end();
      await finished;
      client.close();
    },
  };
}
