// How an application is stopped is known from how it is reloaded.
import { expect, test } from "vitest";
import { stopCommand } from "../../../cli/commands/stop.ts";

const activation = (reload: string[]) => ({ hosts: [], address: "", reload, evidence: { health: "/", version: "/" } });

test.each([
  [undefined, ["node", "current/bin/parcel.ts", "stop"]],
  [activation(["node", "current/bin/app.js", "reload"]), ["node", "current/bin/app.js", "stop"]],
])("%j", (given, command) => {
  expect(stopCommand(given)).toEqual(command);
});

test("refuses to guess", () => {
  expect(() => stopCommand(activation(["systemctl", "restart", "app"]))).toThrow(
    "stop: the application is reloaded by `systemctl restart app`, which does not tell how it is stopped.",
  );
});
