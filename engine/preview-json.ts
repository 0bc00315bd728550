import { states, type EngineEvent, type EventSink, type StepMetadata } from "./events.ts";
import { masked, type PropertyMap } from "./property-value.ts";
import { isDefaultProvider, rootStackType } from "./urn.ts";

/** Collects a preview and prints it as the CLI's `--json` does. */
export class PreviewJson implements EventSink {
  private readonly steps: object[] = [];
  private readonly diagnostics: object[] = [];
  private readonly started = Date.now();

  event({ resourcePreEvent, diagnosticEvent, summaryEvent }: EngineEvent): void {
    if (resourcePreEvent) this.addStep(resourcePreEvent.metadata);
    if (diagnosticEvent && !diagnosticEvent.ephemeral) {
      const { urn, prefix = "", message, severity } = diagnosticEvent;
      this.diagnostics.push({ urn, message: prefix + message.trimEnd(), severity });
    }
    if (!summaryEvent) return;
    const [steps, diagnostics] = [this.steps, this.diagnostics].map((list) => (list.length > 0 ? list : undefined));
    const duration = (Date.now() - this.started) * 1e6;
    const printed = { steps, diagnostics, duration, changeSummary: summaryEvent.resourceChanges };
    process.stdout.write(`${JSON.stringify(printed, null, 4)}\n`);
  }

  private addStep(step: StepMetadata): void {
    const { op, urn, type, provider, diffs: diffReasons, keys: replaceReasons, detailedDiff } = step;
    if (isDefaultProvider(urn) || (op === "same" && type !== rootStackType)) return;
    const shown = masked(step[states] as PropertyMap) as PropertyMap;
    this.steps.push({ op, urn, ...(provider && { provider }), ...shown, diffReasons, replaceReasons, detailedDiff });
  }
}
