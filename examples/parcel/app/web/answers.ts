import { page } from "../pages/layout.ts";
import { problemPage } from "../pages/problem.ts";
import { takeFlash } from "./flash.ts";
import type { Html } from "../pages/html.ts";
import type { Answer, Visit } from "./visit.ts";

const policy = "default-src 'self'; style-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";
const safety = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };

export function json(status: number, value: unknown): Answer {
  const headers = { ...safety, "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}

export function html(visit: Visit, status: number, title: string, content: Html): Answer {
  const headers = {
    ...safety,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": policy,
    "set-cookie": takeFlash(visit.cookies),
  };
  return { status, headers, body: page(visit, title, content) };
}

/** A file to keep, not to look at in the browser. */
export function download(name: string, type: string, content: Buffer): Answer {
  const headers = {
    ...safety,
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "private, no-store",
  };
  return { status: 200, headers, body: content };
}

/** To another page, with GET. */
export function redirect(location: string, cookie?: string): Answer {
  return { status: 303, headers: { location, ...(cookie ? { "set-cookie": [cookie] } : {}) }, body: "" };
}

/** Says no in the language of the one who asked: JSON under /api, a page elsewhere. */
export function problem(visit: Visit, status: number, message: string): Answer {
  if (visit.path.startsWith("/api/")) return json(status, { error: message });
  return html(visit, status, `${status}`, problemPage(status, message));
}

export function asset(content: Buffer, type: string): Answer {
  const headers = { ...safety, "content-type": type, "cache-control": "public, max-age=31536000, immutable" };
  return { status: 200, headers, body: content };
}
