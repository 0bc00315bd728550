import { appendFileSync } from "node:fs";
import type { EventSink } from "./events.ts";

type Lines = { write: (line: string) => void } & Pick<EventSink, "close">;

/** `--event-log`: a file with one event per line, or the Automation API's `tcp://HOST:PORT`. */
export async function openEventLog(target: string): Promise<EventSink> {
  const address = /^tcp:\/\/(.*)/.exec(target)?.[1];
  const toFile: Lines = { write: (line) => appendFileSync(target, `${line}\n`) };
  const { write, ...rest } = address === undefined ? toFile : await streamTo(address);
  let sequence = 0;
  return {
    event(event) {
      write(JSON.stringify({ sequence: sequence++, timestamp: Math.floor(Date.now() / 1000), ...event }));
    },
    ...rest,
  };
}

async function streamTo(address: string): Promise<Lines> {
  const [{ default: grpc }, { default: events_pb }, { default: events_grpc_pb }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/events_pb.js"),
    import("@pulumi/pulumi/proto/events_grpc_pb.js"),
  ]);
  const client = new events_grpc_pb.EventsClient(address, grpc.credentials.createInsecure());
  const finished = Promise.withResolvers<undefined>();
  // A listener that has gone away is no reason to fail the operation.
  const stream = client.streamEvents(() => finished.resolve(undefined));
  return {
    write: (line) => void stream.write(new events_pb.EventRequest().setEvent(line)),
    async close() {
      stream.end();
      await finished.promise;
      client.close();
    },
  };
}
