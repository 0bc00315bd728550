/** A project whose engine only knows a state, for commands that do not go further than reading it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Entry } from "../../../runtime/ledger.ts";
import { packRecord, type RolloutRecord } from "../../../release/record.ts";
import { appendAll, plan } from "../../report/entries.ts";
import { type Said, switchback } from "../switchback.ts";

export class FakeProject {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-fake-")));
  readonly environment = {
    PATH: [join(this.folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    HOME: this.folder,
    NO_COLOR: "1",
  };

  readonly stackFile = `config:
  switchback:release: v1.0.0
  switchback:environment: { address: http://127.0.0.1:1, store: store, hosts: [{ name: a, directory: a }] }
  switchback:source: { repository: app }
  switchback:database: { path: a.sqlite }
`;

  /** `steps`: specifications of steps in the state. */
  constructor(record: Partial<RolloutRecord>, ledger: readonly Entry[], steps: readonly object[] = []) {
    mkdirSync(join(this.folder, "bin"));
    writeFileSync(
      join(this.folder, "bin/pulumi"),
      '#!/bin/sh\ncase "$2" in export) cat state.json ;; *) echo "[]" ;; esac\n',
      { mode: 0o755 },
    );
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: releases\nbackend: { url: file://./backend }\n");
    writeFileSync(join(this.folder, "Pulumi.staging.yaml"), this.stackFile);
    const base: RolloutRecord = {
      rollout: "0-0",
      after: "none",
      asked: "none",
      configuration: "x",
      serving: "none",
      ended: "good",
      left: {},
      plan,
    };
    const outputs = { record: packRecord({ ...base, ...record }), wayBack: { how: "", command: "" } };
    const commands = steps.map((spec) => ({ type: "command:local:Command", inputs: { stdin: JSON.stringify(spec) } }));
    const deployment = { resources: [{ type: "pulumi:pulumi:Stack", outputs }, ...commands] };
    writeFileSync(join(this.folder, "state.json"), JSON.stringify({ version: 3, deployment }));
    appendAll(join(this.folder, "store/ledger.jsonl"), ledger);
  }

  /** Runs a command. The line about the engine is left out of what it says. */
  async run(...argv: string[]): Promise<Said> {
    const { stderr, ...said } = await switchback(this, ...argv);
    return { ...said, stderr: stderr.replace(/^engine: .*\n?/, "") };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
