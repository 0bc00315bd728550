/** Actions are named by their path, and only what is safe is loaded. */
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { http } from "../../actions/checks/http.ts";
import { loadAction, nameOfAction } from "../../runtime/load.ts";
import { root } from "../support/context.ts";

test("an action of this package is named by its path in it, and found by it", async () => {
  expect(nameOfAction(http.module)).toBe("actions/checks/http");
  expect(await loadAction("actions/checks/http")).toBe(http);
});

test("an action that is in neither package nor project is refused", () => {
  const module = pathToFileURL("/elsewhere/look.ts").href;
  expect(() => nameOfAction(module)).toThrow(
    `${module}: an action must be a file of the project, ${pathToFileURL(root).href}`,
  );
});

test.each(["../x", "./../x", "/etc/x", "a//b", "a/../b", "file:///etc/x", "node:fs", "a.ts", "", "./", "a/", "a\nb"])(
  "%j does not name an action",
  async (name) => {
    await expect(loadAction(name)).rejects.toThrow(`"${name}" does not name an action`);
  },
);

test.each(["actions/checks/htp", "./nothing/here"])("there is no action %s", async (name) => {
  await expect(loadAction(name)).rejects.toThrow(`${name}: there is no such action`);
});

test("a file without an action is refused", async () => {
  await expect(loadAction("release/digest")).rejects.toThrow("release/digest: defines no action");
});
