export type Cookies = Readonly<Record<string, string>>;

export function readCookies(header: string | undefined): Cookies {
  const pairs = (header ?? "").split(";").map((part) => {
    const [name = "", ...value] = part.split("=");
    return [name.trim(), value.join("=").trim()] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ""));
}

/** A cookie scripts cannot read and other sites cannot send along with a form. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
}

/** A cookie that the scripts of this site read: it ends with the browser. */
export function readableCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; SameSite=Lax`;
}

export function clearCookie(name: string): string {
  return setCookie(name, "", 0);
}
