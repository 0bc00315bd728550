import { get } from "node:http";

/** The release that whoever listens on this port of the machine says it is. */
export function askVersion(port: number, seconds: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = get(
    { host: "127.0.0.1", port, path: "/api/version", agent: false, timeout: seconds * 1000 },
    (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve(String((JSON.parse(text) as { release?: unknown }).release));
        } catch {
          reject(new Error(`answered /api/version with ${response.statusCode ?? 0}, not with its release`));
        }
      });
    },
  );
  request.on("timeout", () => {
    request.destroy(new Error(`did not answer /api/version within ${seconds} s`));
  });
  request.on("error", reject);
  return promise;
}
