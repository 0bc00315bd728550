/** Proves that a stack belongs to no engine: each goes on with what the other has written, and nothing is done again. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded, installed } from "../support/engines.ts";
import { Project } from "../support/project.ts";

describe.skipIf(installed === undefined)("a stack driven by both engines in turn (needs the Pulumi CLI)", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(embedded);
  });
  afterAll(async () => {
    await project.remove();
  });

  test("each accepts the other's state, and nothing runs again", async () => {
    const cli = installed ?? embedded;
    expect((await project.up("v1.0.0")).exitCode).toBe(0);
    project.use(cli);
    const first = await project.up();
    expect({ exitCode: first.exitCode, ran: first.ran }).toEqual({ exitCode: 0, ran: [] });
    expect((await project.up("v1.1.0")).exitCode).toBe(0);
    project.use(embedded);
    const second = await project.up();
    expect({ exitCode: second.exitCode, ran: second.ran }).toEqual({ exitCode: 0, ran: [] });
    expect((await project.up("v1.3.0-broken")).exitCode).not.toBe(0);
    project.use(cli);
    expect((await project.outputs()).serving).toBe("v1.1.0");
    expect((await project.up("v1.2.0")).exitCode).toBe(0);
    project.use(embedded);
    expect((await project.up()).ran).toEqual([]);
    expect((await project.version()).release).toBe("v1.2.0");
    const history = JSON.parse(
      (await project.pulumi("stack", "history", "--json", "--stack", "staging")).stdout,
    ) as unknown[];
    expect(history.length).toBe(7);
  });
});
