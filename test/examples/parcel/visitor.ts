import type { ParcelHost } from "../../support/parcel-host.ts";

interface Sent {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: string | URLSearchParams | FormData;
  readonly headers?: Record<string, string>;
}

/** Somebody with a browser, as far as cookies and forms go. */
export class Visitor {
  readonly #host: Pick<ParcelHost, "url">;
  readonly #cookies = new Map<string, string>();
  #token = "";

  constructor(host: Pick<ParcelHost, "url">) {
    this.#host = host;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The token of the page that was loaded last. */
  get token(): string {
    return this.#token;
  }

  async get(path: string) {
    return this.send(path);
  }

  /** Sends a form, with the token of the last page unless told otherwise. */
  async post(path: string, fields: Record<string, string>, token: string | undefined = this.#token) {
    const body = new URLSearchParams({ ...fields, ...(token ? { csrf: token } : {}) });
    return this.send(path, { method: "POST", body });
  }

  async postJson(path: string, value: unknown, token: string) {
    const headers = { "content-type": "application/json", "x-csrf-token": token };
    return this.send(path, { method: "POST", body: JSON.stringify(value), headers });
  }

  async signIn(email: string, password: string, entrance = "/login") {
    await this.get(entrance);
    return this.post(entrance, { email, password });
  }

  async send(path: string, { headers, ...init }: Sent = {}) {
    const options = {
      ...init,
      headers: { connection: "close", ...headers, cookie: this.cookie },
      redirect: "manual",
    } as const;
    const response = await fetch(new URL(path, this.#host.url), options);
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    this.#token = /name="csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? this.#token;
    return {
      status: response.status,
      text,
      bytes,
      location: response.headers.get("location"),
      headers: response.headers,
    };
  }
}

export const parcelForOlga = {
  recipient: "Olga <b>Nilsen</b>",
  street: "Kirkegata 4",
  postalCode: "1620",
  city: "København",
  country: "DK",
  weightGrams: "1200",
  service: "express",
};
