import { isDefaultProvider, rootStackType } from "./urn.ts";
import { states } from "./events.ts";
import { masked } from "./property-value.ts";
import type { PropertyMap } from "./property-value.ts";
import type { EngineEvent, EventSink, StepMetadata } from "./events.ts";

/** Collects a preview and prints it as the CLI's `--json` does. */
export class PreviewJson implements EventSink {
  private readonly steps: object[] = [];
  private readonly diagnostics: object[] = [];
  private readonly started = Date.now();
  event({ resourcePreEvent, diagnosticEvent, summaryEvent }: EngineEvent): void {
    if (resourcePreEvent) this.addStep(resourcePreEvent.metadata);
    if (diagnosticEvent && !diagnosticEvent.ephemeral) {
      const { urn, prefix = "", message, severity } = diagnosticEvent;
      this.diagnostics.push({ ...(urn && { urn }), message: prefix + message.trimEnd(), severity });
    }
    if (summaryEvent) this.print(summaryEvent.resourceChanges);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private addStep(step: StepMetadata): void {
    const { op, urn, provider, diffs, keys, detailedDiff } = step;
    if (isDefaultProvider(urn) || (op === "same" && step.type !== rootStackType)) return;
    this.steps.push({
      op,
      urn,
      ...(provider && { provider }),
      ...(masked(step[states] as PropertyMap) as object),
      ...(diffs && { diffReasons: diffs }),
      ...(keys && { replaceReasons: keys }),
      detailedDiff,
    });
  }

  private print(changeSummary: Record<string, number>): void {
    const duration = (Date.now() - this.started) * 1e6;
    const lists = { steps: this.steps, diagnostics: this.diagnostics };
    const shown = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
    process.stdout.write(`${JSON.stringify({ ...shown, duration, changeSummary }, null, 4)}\n`);
  }
}
