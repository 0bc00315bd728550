import { given } from "./checkpoint.ts";
import { states, type EventSink } from "./events.ts";
import { masked, type PropertyMap } from "./property-value.ts";
import { isDefaultProvider, rootStackType } from "./urn.ts";

/** Collects a preview and prints it as the CLI's `--json` does. */
export function previewJson(): EventSink {
  const [steps, diagnostics]: [object[], object[]] = [[], []];
  const started = Date.now();
  return {
    event({ resourcePreEvent, diagnosticEvent, summaryEvent }) {
      if (resourcePreEvent) {
        const {
          op,
          urn,
          type,
          provider,
          diffs: diffReasons,
          keys: replaceReasons,
          ...step
        } = resourcePreEvent.metadata;
        if (isDefaultProvider(urn) || (op === "same" && type !== rootStackType)) return;
        const { detailedDiff, [states]: shown } = step;
        const reasons = { diffReasons, replaceReasons, detailedDiff };
        steps.push({ op, urn, ...given({ provider }), ...masked(shown as PropertyMap), ...reasons });
      }
      if (diagnosticEvent && !diagnosticEvent.ephemeral) {
        const { urn, prefix = "", message, severity } = diagnosticEvent;
        diagnostics.push({ urn, message: prefix + message.trimEnd(), severity });
      }
      if (!summaryEvent) return;
      const told = { ...given({ steps, diagnostics }), duration: (Date.now() - started) * 1e6 };
      process.stdout.write(`${JSON.stringify({ ...told, changeSummary: summaryEvent.resourceChanges }, null, 4)}\n`);
    },
  };
}
