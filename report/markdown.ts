import type { Report, ReportedStep } from "./report.ts";

const titles: Readonly<Record<Report["result"], string>> = {
  good: "released",
  "taken back": "taken back",
  "stays, not well": "serves, and is not well",
  stopped: "stopped before the switch was decided",
  "cut off": "cut off",
};

/** A report as a page that people read, and keep. */
export function toMarkdown(report: Report): string {
  const { environment, release, rollout, result, why, plan } = report;
  return [
    `# ${inText(release)} to ${inText(environment)}: ${titles[result]}`,
    "",
    ...list([
      ["Rollout", rollout],
      ["Served after it", report.serving],
      ["From", plan?.from],
      ["When", `${report.began} to ${report.ended}`],
      ["By", report.by.join(", ")],
      ["Commit", report.commit],
      ["Artifact", report.artifact && `sha256 ${report.artifact}`],
      ["Schema before the switch", plan?.before],
      ["Schema after the switch", plan?.after],
      ["Way back", plan?.wayBack],
      ["Backup", backupInWords(report)],
      ["Downtime", downtimeInWords(report)],
      ["Sign-off", report.signOff && `by ${report.signOff.by}`],
    ]),
    ...(why === "" ? [] : ["", "## Why", "", fence(why), why, fence(why)]),
    ...(plan && plan.commits.length > 0
      ? ["", "## Commits", "", ...plan.commits.map((commit) => `- ${inText(commit)}`)]
      : []),
    ...gates(report),
    "",
    "## Steps",
    "",
    "| began | step | seconds | outcome | seen | log |",
    "|---|---|---:|---|---|---|",
    ...report.steps.map(row),
    "",
  ].join("\n");
}

/** Requests that were asked for during the switch, in words; undefined where none were. */
export function downtimeInWords({ downtime }: Pick<Report, "downtime">): string | undefined {
  if (downtime === undefined) return undefined;
  const { failed, requests, longestGapMs } = downtime;
  return `${failed} of ${requests} requests failed, longest gap ${longestGapMs} ms`;
}

function backupInWords({ backup }: Report): string | undefined {
  if (backup === undefined) return undefined;
  const proof = backup.proven ? "restored and compared" : "not proven";
  return `${backup.id}, schema ${backup.schema}, ${proof}, sha256 ${backup.digest}`;
}

function list(rows: readonly (readonly [string, string | undefined])[]): string[] {
  return rows.flatMap(([label, text]) =>
    text === undefined || text === "" ? [] : [`- **${label}:** ${inText(text)}`],
  );
}

/** Every criterion with its answer, and who has waived what. */
function gates({ gates: all }: Report): string[] {
  return all.flatMap(({ step, decision, checks }) => [
    "",
    `## Gate ${step}: ${{ go: "go", no: "no go", unclear: "no go, it cannot be told" }[decision]}`,
    "",
    "| check | answer | blocks | seen |",
    "|---|---|---|---|",
    ...checks.map(({ name, verdict, blocks, waiver, noGo, seen }) => {
      const effect = waiver
        ? `waived by ${cell(waiver.by)}: ${cell(waiver.reason)}`
        : noGo
          ? "yes, always"
          : blocks
            ? "yes"
            : "";
      return `| ${[name, verdict, effect, cell(seen)].join(" | ")} |`;
    }),
  ]);
}

function row({ began, step, seconds, outcome, verdict, seen = "", log, files = [] }: ReportedStep): string {
  const time = began.slice(11, 19);
  const links = [
    ...(log === undefined ? [] : [`[log](${log})`]),
    ...files.map((file) => `[${file.split("/").at(-1) ?? file}](${encodeURI(file)})`),
  ];
  return `| ${[time, step, seconds.toFixed(2), verdict ?? outcome, cell(seen), links.join(" ")].join(" | ")} |`;
}

/** A table's cell is one line, and a bar would end it. */
const cell = (text: string): string => inText(text.split("\n")[0] ?? "").replaceAll("|", "\\|");

/** Names and messages come from anybody: they are shown, and neither tags nor links. */
const inText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("[", "\\[").replaceAll("\n", " ");

/** Longer than any run of backticks in the text, which would end the block. */
const fence = (text: string): string =>
  "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
