/** What people send and take away: files, invoices, pick-ups. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeParcelHost } from "../../support/parcel-host.ts";
import { Visitor, parcelForOlga } from "./visitor.ts";
import type { ParcelHost } from "../../support/parcel-host.ts";

let host: ParcelHost;
let customer: Visitor;
let staff: Visitor;
beforeAll(async () => {
  host = await makeParcelHost(["v1.0.0", "v1.1.0"]);
  expect(await host.command("reload")).toMatchObject({ exitCode: 0, stderr: "" });
  customer = await signedIn("customer");
  staff = await signedIn("staff");
}, 30_000);
afterAll(() => host.remove());

async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor(host);
  await visitor.signIn(`${name}@parcel.test`, `${name}-demo`);
  await visitor.get("/orders");
  return visitor;
}

function formWith(content: Uint8Array<ArrayBuffer> | string, token: string, name = "customs form.pdf"): FormData {
  const form = new FormData();
  form.set("csrf", token);
  form.set("file", new File([content], name, { type: "application/pdf" }));
  return form;
}

describe("files", () => {
  const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
  let url: string;

  test("one that is uploaded comes back as it was, also from the next release", async () => {
    const { status, text, location } = await customer.send("/api/files", {
      method: "POST",
      body: formWith(content, customer.token),
    });
    const stored = JSON.parse(text) as { id: string; url: string; digest: string };
    expect(status).toBe(201);
    expect(stored).toEqual({
      id: stored.id,
      url: `/api/files/${stored.id}`,
      digest: createHash("sha256").update(content).digest("hex"),
    });
    expect(location).toBe(stored.url);
    url = stored.url;
    for (const tag of ["v1.0.0", "v1.1.0"]) {
      if (tag === "v1.1.0") host.migrate(tag);
      expect((await host.reload(tag)).exitCode).toBe(0);
      const { bytes, headers } = await customer.get(url);
      expect(bytes.equals(content)).toBe(true);
      expect(headers.get("content-type")).toBe("application/pdf");
      expect(headers.get("content-disposition")).toBe('attachment; filename="customs form.pdf"');
    }
  });

  test("it is nobody else's, and gone when it was deleted", async () => {
    const remove = (visitor: Visitor, token: string) =>
      visitor.send(url, { method: "DELETE", headers: { "x-csrf-token": token } });
    expect((await staff.get(url)).status).toBe(404);
    expect((await remove(staff, staff.token)).status).toBe(404);
    expect((await remove(customer, "")).status).toBe(403);
    expect(await remove(customer, customer.token)).toMatchObject({ status: 204, text: "" });
    expect((await customer.get(url)).status).toBe(404);
    expect(readdirSync(join(host.directory, "shared", "files"))).toEqual([]);
  });

  test.each<[string, number, () => FormData | string]>([
    ["without the token", 403, () => formWith("x", "")],
    ["without a file", 422, () => only("csrf", customer.token)],
    ["that is too large", 413, () => formWith(new Uint8Array(2 * 1024 * 1024 + 1), customer.token)],
    ["far too large", 413, () => formWith(new Uint8Array(6 * 1024 * 1024), customer.token)],
  ])("one %s is refused with %i", async (_, status, body) => {
    expect((await customer.send("/api/files", { method: "POST", body: body() })).status).toBe(status);
  });

  test("what is no form is refused, and so is a stranger", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=x", "x-csrf-token": customer.token };
    expect((await customer.send("/api/files", { method: "POST", body: "garbage", headers })).status).toBe(400);
    const stranger = new Visitor(host);
    await stranger.get("/login");
    const sent = await stranger.send("/api/files", { method: "POST", body: formWith("x", stranger.token) });
    expect(sent.status).toBe(401);
  });

  test("a name cannot leave its header or its folder", async () => {
    const body = formWith("x", customer.token, '../a"b\n.txt');
    const { location } = await customer.send("/api/files", { method: "POST", body });
    const { headers } = await customer.get(location ?? "");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="\.\.[^"\n/]*b[^"\n/]*\.txt"$/);
    expect((await customer.get("/api/files/..%2f..%2fparcel.sqlite")).status).toBe(404);
  });
});

describe("invoices", () => {
  test("an order's invoice is a PDF to keep, for those who see the order", async () => {
    await customer.get("/orders/new");
    const { location } = await customer.post("/orders", { ...parcelForOlga, recipient: "Žofie (Øst)" });
    expect((await customer.get(location ?? "")).text).toContain(`href="${location ?? ""}/invoice.pdf"`);
    const { status, headers, bytes } = await customer.get(`${location ?? ""}/invoice.pdf`);
    const id = location?.split("/").at(-1) ?? "";
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/pdf");
    expect(headers.get("content-disposition")).toBe(`attachment; filename="invoice-${id}.pdf"`);
    expectPdf(bytes);
    expect(bytes.toString("latin1")).toContain("(Parcel to Zofie \\(Øst\\), København) Tj");
    expect(bytes.toString("latin1")).toContain("(Total: 7.30 EUR) Tj");
    expect((await customer.get("/orders/2/invoice.pdf")).status).toBe(404);
    expect((await new Visitor(host).get("/orders/2/invoice.pdf")).status).toBe(303);
  });

  test("the sample is about nothing, and for everybody who has signed in", async () => {
    const { status, headers, bytes } = await staff.get("/invoices/sample.pdf");
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toBe('attachment; filename="invoice-sample.pdf"');
    expectPdf(bytes);
    expect((await new Visitor(host).get("/invoices/sample.pdf")).status).toBe(303);
  });
});

describe("pick-ups", () => {
  const wish = { day: "2199-12-24", slot: "evening", place: "Kirkegata 4 & 6, Oslo", note: "ring twice" };

  test("one is booked and cancelled, and each is said once", async () => {
    await customer.get("/calendar");
    expect(await customer.post("/calendar", wish)).toMatchObject({ status: 303, location: "/calendar" });
    const pages = [await customer.get("/calendar"), await customer.get("/calendar")];
    expect(pages.map(({ text }) => text.includes("The pick-up is booked."))).toEqual([true, false]);
    expect(pages[1]?.text).toContain("Kirkegata 4 &amp; 6, Oslo");
    const action = /action="(\/calendar\/\d+\/cancel)"/.exec(pages[1]?.text ?? "")?.[1] ?? "";
    await staff.get("/calendar");
    expect((await staff.post(action, {})).status).toBe(404);
    expect((await customer.post(action, {})).status).toBe(303);
    const { text } = await customer.get("/calendar");
    expect(text).toContain("The pick-up is cancelled.");
    expect(text).not.toContain("Kirkegata 4");
    expect((await customer.post(action, {})).status).toBe(404);
  });

  test("mistakes come back all at once, and nothing is booked", async () => {
    await customer.get("/calendar");
    const { status, text } = await customer.post("/calendar", { day: "2026-02-30", slot: "night", place: " " });
    expect(status).toBe(422);
    expect(text.match(/<em>[^<]+/g)).toEqual(["<em>is not a day", "<em>is not offered", "<em>is missing"]);
    expect((await customer.post("/calendar", { ...wish, day: "2020-01-01" })).text).toContain("<em>is over");
    expect((await customer.get("/calendar")).text).toContain("No pick-up is booked.");
  });
});

function only(name: string, value: string): FormData {
  const form = new FormData();
  form.set(name, value);
  return form;
}

/** The table at the end of a PDF says where each of its objects begins. */
function expectPdf(bytes: Buffer): void {
  const text = bytes.toString("latin1");
  expect(text).toMatch(/^%PDF-1\.4\n[^]*%%EOF\n$/);
  const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  expect(text.slice(start, start + 5)).toBe("xref\n");
  const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
  expect(offsets.length).toBe(5);
  offsets.forEach((offset, index) => expect(text.slice(offset).startsWith(`${index + 1} 0 obj\n`)).toBe(true));
}
