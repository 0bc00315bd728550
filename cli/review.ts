import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { counted, paint, type Row, table } from "./say.ts";
import { formerReceiptOf, pipelineOf, runs, specOf, titleOf } from "./step-event.ts";

/** What a reviewer must know of a rollout before it is performed. */
export interface Review {
  /** `v1.0.0 → v1.1.0` */
  readonly release: string;
  readonly commits: readonly string[];
  readonly schemaBefore: string;
  readonly schemaAfter: string;
  readonly wayBack: string;
  readonly hosts: readonly string[];
  readonly address: string;
  /** The release that is gone back from, `none` for going forward. */
  readonly rollbackFrom: string;
  readonly number: number;
  /** Whether a rollout is opened; otherwise an unfinished one goes on, or nothing happens. */
  readonly opens: boolean;
  /** Steps that will run. */
  readonly steps: readonly string[];
  /** What the preflight would say now, with every verdict; empty where none was asked. */
  readonly preflight: string;
  /** Whether the preflight would stop it. */
  readonly blocked: boolean;
  /** What else the engine or the program warns of. */
  readonly warnings: readonly string[];
  /** What the program refuses: there can be no such rollout. */
  readonly refusals: readonly string[];
}

/** Reads a review out of the events of a preview. */
export class Reviewer {
  #pipeline = "";
  #plan: Partial<Review> = {};
  #hosts: readonly string[] = [];
  #address = "";
  #number = 0;
  #opens = false;
  #preflight = "";
  #blocked = false;
  readonly #steps: string[] = [];
  readonly #warnings: string[] = [];
  readonly #refusals: string[] = [];

  see(event: EngineEvent): void {
    this.#pipeline = pipelineOf(event) ?? this.#pipeline;
    const { diagnosticEvent: said, resourcePreEvent: planned } = event;
    if (planned) this.#seeResource(planned.metadata);
    if (said) this.#hear(said.severity, said.message.trim());
  }

  get review(): Review {
    const {
      release = "",
      commits = [],
      schemaBefore = "",
      schemaAfter = "",
      wayBack = "",
      rollbackFrom = "none",
    } = this.#plan;
    return {
      ...{ release, commits, schemaBefore, schemaAfter, wayBack, rollbackFrom },
      ...{ hosts: this.#hosts, address: this.#address, number: this.#number, opens: this.#opens },
      ...{ preflight: this.#preflight, blocked: this.#blocked },
      ...{ steps: this.#steps, warnings: [...new Set(this.#warnings)], refusals: [...new Set(this.#refusals)] },
    };
  }

  #hear(severity: string, message: string): void {
    if (/^(preflight would|would be blocked)/.test(message)) {
      this.#preflight = message.replace(/^preflight would/, "would");
      this.#blocked = severity === "warning";
    } else if (severity === "warning") this.#warnings.push(message);
    else if (severity === "error" && !/^(preview|update) failed/.test(message)) this.#refusals.push(message);
  }

  #seeResource(metadata: StepEventMetadata): void {
    const inputs = (metadata.new?.inputs ?? {}) as Partial<Review>;
    if (metadata.type === "switchback:index:Rollout") this.#plan = inputs;
    if (metadata.type === "switchback:index:Activation") this.#hosts = inputs.hosts ?? [];
    if (metadata.type === "switchback:index:Environment") this.#address = inputs.address ?? "";
    if (runs(metadata)) this.#steps.push(titleOf(metadata.urn, this.#pipeline));
    if (!specOf(metadata).opens) return;
    this.#opens = runs(metadata);
    this.#number = Number(formerReceiptOf(metadata).number ?? 0) + (this.#opens ? 1 : 0);
  }
}

/** What the stack's history says of a rollout: `v1.1.0 #13, 3 commits`. */
export function messageFor(asked: string, { number, commits, rollbackFrom }: Review): string {
  if (rollbackFrom !== "none") return `${asked} #${number}, back from ${rollbackFrom}`;
  return `${asked} #${number}${commits.length === 0 ? "" : `, ${counted(commits.length, "commit")}`}`;
}

/** The review as a page. `remarks` are rows of its own that a command adds: what a rollback loses. */
export function describeReview(review: Review, stack: string, remarks: readonly Row[] = []): string[] {
  const { release, commits, schemaBefore, schemaAfter, wayBack, hosts, address, number, opens } = review;
  const { steps, warnings, preflight, blocked } = review;
  const head = `${stack}: rollout #${number}${opens ? "" : ", which was not finished, goes on"}`;
  const schema = schemaBefore === "nothing" && schemaAfter === "nothing";
  return [
    paint("bold", head),
    ...table([
      ["release", paint("bold", release)],
      ["commits", commits.length === 0 ? "none" : commits.join("\n")],
      ["schema", schema ? "stays as it is" : `before the switch: ${schemaBefore}\nafter the switch: ${schemaAfter}`],
      ["way back", wayBack],
      ...remarks,
      ["hosts", `${hosts.join(", ")}, ${address}`],
      ...(preflight === "" ? [] : ([["preflight", blocked ? paint("red", preflight) : preflight]] as const)),
      ...(warnings.length === 0 ? [] : ([["warning", paint("yellow", warnings.join("\n"))]] as const)),
      ["steps", wrapped(steps)],
    ]),
  ];
}

/** Names in lines that fit a terminal. */
function wrapped(names: readonly string[], width = 90): string {
  const lines = [`${names.length}:`];
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name},` : name;
    const last = lines.length - 1;
    if (`${lines[last] ?? ""} ${word}`.length > width) lines.push(word);
    else lines[last] = `${lines[last] ?? ""} ${word}`;
  }
  return lines.join("\n");
}
