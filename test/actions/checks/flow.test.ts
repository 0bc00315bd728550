/** A chain of requests against a small shop, whole and broken in every way, and what is cleaned up after it. */
import { expect, test } from "vitest";
import { flow } from "../../../actions/checks/flow.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";
import { password, sendJson, serveSite, signsIn } from "../../support/site.ts";

type Fault =
  "not created" | "created otherwise" | "no id" | "not shown" | "page hangs" | "not removed" | "removal hangs";

/** Orders are made, seen and removed; `done` says what was asked. */
function shop(done: string[], fault?: Fault): Promise<string> {
  const orders = new Map<number, string>();
  return serveSite(({ response, what, body, user }) => {
    done.push(what);
    const [, id = ""] = /\/orders\/(\d+)$/.exec(what) ?? [];
    if (what === "GET /portal") return response.writeHead(302).end();
    if (user === undefined) return response.writeHead(401).end();
    if (what === "POST /orders") {
      if (fault === "not created") return response.writeHead(500).end();
      orders.set(orders.size + 1, (JSON.parse(body) as { note: string }).note);
      const order = fault === "no id" ? {} : { id: orders.size };
      return sendJson(response, { order, state: fault === "created otherwise" ? "odd" : "open" }, 201);
    }
    if (what.startsWith("GET /orders/") && fault === "page hangs") return undefined;
    if (what.startsWith("GET /orders/") && fault !== "not shown" && orders.has(Number(id)))
      return response.end(`Order ${id}: ${orders.get(Number(id)) ?? ""}`);
    if (what.startsWith("DELETE /orders/")) {
      if (fault === "removal hangs") return undefined;
      return response.writeHead(fault === "not removed" ? 500 : 204).end();
    }
    return response.writeHead(404).end();
  });
}

const create = {
  ...{ name: "order", path: "/orders", json: { note: "{note}" } },
  expect: { status: 201, json: { state: "open" } },
  capture: { id: { json: "order.id" } },
};
const look = { name: "see it", path: "/orders/{id}", expect: { status: 200, contains: "Order {id}: for smoke" } };
const remove = { name: "remove", method: "DELETE" as const, path: "/orders/{id}", expect: { status: 204 } };

async function verdict(address: string, differing: object = {}): Promise<string[]> {
  const args = {
    ...{ address, signIn: signsIn("kim"), secrets: { note: "NOTE" }, steps: [create, look], cleanUp: [remove] },
    ...{ timeoutSeconds: 2, cleanUpSeconds: 0.5 },
  };
  const secrets = { SMOKE: password, NOTE: "for smoke" };
  const { result } = await act(flow, { ...args, ...differing }, { secrets });
  return [result.verdict, result.seen];
}

test("steps that answer as expected pass, and what they made is removed", async () => {
  const done: string[] = [];
  expect(await verdict(await shop(done))).toEqual(["pass", "order, see it: all as expected"]);
  expect(done).toEqual(["POST /orders", "GET /orders/1", "DELETE /orders/1"]);
});

test.each<[Fault, string, string[]]>([
  ["not created", "order: /orders answered 500, want 201", ["POST /orders"]],
  ["no id", "order: /orders answered 201, but without what {id} is", ["POST /orders"]],
  ["created otherwise", 'order: /orders state is "odd", want "open"', ["POST /orders", "DELETE /orders/1"]],
  ["not shown", "see it: /orders/{id} answered 404, want 200", ["POST /orders", "GET /orders/1", "DELETE /orders/1"]],
])("%s fails, and what was made is removed", async (fault, seen, asked) => {
  const done: string[] = [];
  expect(await verdict(await shop(done, fault))).toEqual(["fail", seen]);
  expect(done).toEqual(asked);
});

test.each<[Fault, string]>([
  ["not removed", "order, see it: all as expected; not cleaned up: remove: /orders/{id} answered 500, want 204"],
  ["removal hangs", "order, see it: all as expected; not cleaned up: remove: The operation was aborted due to timeout"],
])("%s warns", async (fault, seen) => {
  expect(await verdict(await shop([], fault))).toEqual(["warn", seen]);
});

test("one clean-up that does not work keeps no other from being done", async () => {
  const done: string[] = [];
  const first = { ...remove, name: "first", path: "/none" };
  expect(await verdict(await shop(done), { cleanUp: [first, remove] })).toEqual([
    ...["warn", "order, see it: all as expected; not cleaned up: first: /none answered 404, want 204"],
  ]);
  expect(done.at(-1)).toBe("DELETE /orders/1");
});

test("when the time of the steps is over, nothing can be said, and it is cleaned up all the same", async () => {
  const done: string[] = [];
  expect(await verdict(await shop(done, "page hangs"), { timeoutSeconds: 0.5 })).toEqual([
    ...["unknown", "see it: The operation was aborted due to timeout"],
  ]);
  expect(done).toEqual(["POST /orders", "GET /orders/1", "DELETE /orders/1"]);
});

test("when it is told to stop, it cleans up all the same", async () => {
  const done: string[] = [];
  const address = await shop(done, "page hangs");
  const args = { address, signIn: signsIn("kim"), secrets: { note: "NOTE" }, steps: [create, look], cleanUp: [remove] };
  const given = { secrets: { SMOKE: password, NOTE: "for smoke" }, signal: AbortSignal.timeout(400) };
  expect((await act(flow, args, given)).result.verdict).toBe("unknown");
  expect(done.at(-1)).toBe("DELETE /orders/1");
});

test("a feature that is not there is not applicable, where that was said; another status fails", async () => {
  const done: string[] = [];
  const address = await shop(done);
  const asked = (path: string, status: number) => verdict(address, { ifApplicable: { path, status } });
  expect(await asked("/login", 200)).toEqual(["pass", "order, see it: all as expected"]);
  done.length = 0;
  expect(await asked("/portal", 200)).toEqual([
    ...["fail", "/portal answered 302, want 200, or 404 where it is not there"],
  ]);
  const gone = await serve((_, response) => response.writeHead(404).end());
  expect(await verdict(gone, { ifApplicable: { path: "/portal", status: 302 } })).toEqual([
    ...["pass", "not applicable: /portal answered 404"],
  ]);
  expect(done).toEqual(["GET /portal"]);
});

test("a login that is refused fails; nobody there, and no secret, is unknown", async () => {
  const refusing = await serve((_, response) => response.writeHead(503).end());
  expect(await verdict(refusing)).toEqual(["fail", "/login answered 503, want 200"]);
  const closed = await closedAddress();
  expect(await verdict(closed)).toEqual([
    ...["unknown", `sign in: connect ECONNREFUSED 127.0.0.1:${new URL(closed).port}`],
  ]);
  expect((await verdict("http://none.invalid/"))[0]).toBe("unknown");
  expect(await verdict(refusing, { secrets: { note: "NONE" } })).toEqual([
    ...["unknown", "step: was not given the secret NONE"],
  ]);
});

test("a chain that has no steps, expects nothing, or uses what nothing captures is refused", () => {
  const args = { address: "http://localhost", secrets: { note: "NOTE" }, steps: [create, look], cleanUp: [remove] };
  expect(() => call(flow, { ...args, steps: [] })).toThrow("at steps");
  const expectsNothing = { ...create, expect: {} } as unknown as typeof create;
  expect(() => call(flow, { ...args, steps: [expectsNothing] })).toThrow("at steps[0].expect.status");
  expect(() => call(flow, { ...args, steps: [look, create] })).toThrow(
    "uses {id}, which nothing before it captures\n  → at steps[0]",
  );
  expect(() => call(flow, { ...args, secrets: {}, steps: [create], cleanUp: [] })).toThrow(
    "uses {note}, which nothing before it captures\n  → at steps[0]",
  );
  expect(() => call(flow, { ...args, cleanUp: [{ ...remove, path: "/{other}" }] })).toThrow(
    "uses {other}, which nothing before it captures\n  → at cleanUp[0]",
  );
  expect(() => call(flow, { ...args, ifApplicable: { path: "/portal", status: 404 } })).toThrow(
    "says nothing: both statuses are the same",
  );
});
