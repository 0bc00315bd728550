/** One request of a chain: what it sends, what it keeps, what it says. */
import { expect, test } from "vitest";
import * as z from "zod";
import { carryOut, type FlowStep, flowStepSchema, namesIn } from "../../../actions/checks/flow-step.ts";
import { newVisitor } from "../../../actions/checks/visitor.ts";
import { bodyOf, serve } from "../../support/context.ts";

const limits = { signal: new AbortController().signal, timeoutSeconds: 5 };
const page = '<form action="/orders"><input type=hidden name=csrf value=t1></form>';

/** Says what it received. */
const mirror = (): Promise<string> =>
  serve(async (request, response) => {
    const { authorization = "", "x-xsrf": token = "" } = request.headers;
    const text = [request.method, request.url, authorization, token, await bodyOf(request)].join(" ");
    response.writeHead(201, { location: "/orders/5" }).end(text);
  });

async function done(step: Omit<FlowStep, "name">, csrf = { cookie: "xsrf", header: "x-xsrf" }) {
  const address = await mirror();
  const visitor = newVisitor(address, limits, [["xsrf", "c1"]]);
  return carryOut({ name: "it", ...step }, { values: { id: 5, key: "k" }, page }, { visitor, address, csrf });
}

const expected = { status: 201 };

test.each<[Omit<FlowStep, "name">, string]>([
  [{ path: "/orders/{id}", expect: expected }, "GET /orders/5   "],
  [
    { path: "/orders", form: { note: "for {id}" }, hiddenFields: true, expect: expected },
    "POST /orders  c1 csrf=t1&note=for+5",
  ],
  [{ path: "/orders", hiddenFields: true, expect: expected }, "POST /orders  c1 csrf=t1"],
  [{ path: "/orders", method: "PUT", json: { id: "{id}" }, expect: expected }, 'PUT /orders  c1 {"id":5}'],
  [
    { path: "/x", method: "DELETE", headers: { authorization: "Bearer {key}" }, expect: expected },
    "DELETE /x Bearer k c1 ",
  ],
])("%j", async (step, received) => {
  expect(await done(step)).toEqual({ wrong: undefined, memory: { values: { id: 5, key: "k" }, page: received } });
});

test("what is captured is known afterwards, also of an answer that was wrong", async () => {
  const capture = { place: { header: "location" }, token: { cookie: "xsrf" } };
  const values = { id: 5, key: "k", place: "/orders/5", token: "c1" };
  expect(await done({ path: "/a", expect: expected, capture })).toMatchObject({ wrong: undefined, memory: { values } });
  expect(await done({ path: "/a", expect: { status: 200 }, capture })).toMatchObject({
    ...{ wrong: "it: /a answered 201, want 200", memory: { values } },
  });
});

test("what should be there to be captured, and is not, is wrong; what was captured stays out of the words", async () => {
  const capture = { place: { header: "location" }, none: { json: "a" } };
  expect(await done({ path: "/a/{key}", expect: expected, capture })).toMatchObject({
    ...{ wrong: "it: /a/{key} answered 201, but without what {none} is", memory: { values: { place: "/orders/5" } } },
  });
});

test("names are found wherever they are used", () => {
  expect(
    namesIn({
      ...{ name: "{a}", path: "/{b}", form: { x: "{c}" }, json: ["{d}"], headers: { x: "{e}" } },
      expect: { status: 200, contains: "{f}" },
    }),
  ).toEqual(["b", "c", "d", "e", "f"]);
});

test.each<[object, string]>([
  [{ path: "orders" }, "must start with / or be one captured {name}"],
  [{ path: "{a}{b}" }, "must start with / or be one captured {name}"],
  [{ form: {}, json: {} }, "sends either a form or JSON"],
  [{ hiddenFields: true, json: {} }, "sends either a form or JSON"],
  [{ method: "GET", form: { a: "b" } }, "a GET sends nothing: put it into the path"],
])("%j is refused", (differing, message) => {
  const given = { name: "it", path: "/", expect: expected, ...differing };
  expect(
    flowStepSchema(z)
      .safeParse(given)
      .error?.issues.map((issue) => issue.message),
  ).toEqual([message]);
});
