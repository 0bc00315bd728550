import type { Role } from "../accounts/accounts.ts";
import type { Answer, Visit } from "./visit.ts";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** `/orders/:id`: an id is a number, any other name a word. */
  readonly path: string;
  readonly who: "anyone" | "signed in" | readonly Role[];
  readonly handle: (visit: Visit) => Answer | Promise<Answer>;
  /** Of the body; 64 KiB where it is not said. */
  readonly mostBytes?: number;
  /** Proves by itself who sent it, so that it needs no token of a page. */
  readonly signed?: true;
}

export interface Match {
  readonly route: Route;
  readonly params: readonly string[];
}

/** Finds the routes of a path, whatever their method. */
export function matcher(routes: readonly Route[]): (path: string) => Match[] {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return (path) =>
    compiled.flatMap(({ route, pattern }) => {
      const found = pattern.exec(path);
      return found ? [{ route, params: found.slice(1) }] : [];
    });
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(".", "\\.");
  return new RegExp(`^${escaped.replaceAll(":id", "(\\d{1,9})").replaceAll(/:[a-z]+/g, "([\\w.-]{1,100})")}$`);
}
