// What many checks cost: 40 of them as steps, against the longest one alone; and 20 in a preview, against a preview with
// one. They ask a server on the loopback that takes its time, and wait for it side by side. Read the differences, not the
// seconds: every run is made on the same machine, one after the other.
//   node bench/checks.ts [RUNS]
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inStore } from "../release/store.ts";
import { readLedger } from "../runtime/ledger.ts";
import { engines } from "../test/support/engines.ts";
import { leanProgram, replaceOnce } from "../test/support/lean-program.ts";
import { Project } from "../test/support/project.ts";
import { median, print, timed } from "./timing.ts";

const runs = Number(process.argv[2] ?? 3);
const longestMilliseconds = 2000;

/** Answers after as many milliseconds as the path says. */
const server = createServer((request, response) => {
  setTimeout(() => response.end("well"), Number(request.url?.slice(1) ?? 0));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const original = replaceOnce(
  leanProgram(),
  /^const config =/m,
  'import { http } from "switchback/actions/checks/http.ts";\nconst config =',
);

/** `count` checks: the first takes the longest, the others between 50 and 240 ms. */
const checks = (count: number): string =>
  Array.from({ length: count }, (_, index) => {
    const milliseconds = index === 0 ? longestMilliseconds : 50 + (index % 20) * 10;
    return `    bench${index}: call(http, { url: "${address}/${milliseconds}" }),\n`;
  }).join("");

const withSmoke = (count: number): string => original.replace("  smoke: {\n", `  smoke: {\n${checks(count)}`);
const withPreflight = (count: number): string =>
  original.replace("  preflight: {\n", `  preflight: {\n${checks(count)}`);

/** From the beginning of the first check of the last rollout to the end of the last one, in milliseconds. */
function spanOfChecks(project: Project, rollout: string): number {
  const entries = readLedger(inStore.ledger(project.store)).filter(
    (entry) => entry.rollout === rollout && entry.step.includes("bench"),
  );
  const began = entries.map((entry) => Date.parse(entry.began));
  const ended = entries.map((entry, index) => (began[index] ?? 0) + entry.seconds * 1000);
  return Math.max(...ended) - Math.min(...began);
}

for (const engine of engines) {
  const project = await Project.make(engine, { program: withSmoke(40) });
  try {
    const spans: number[] = [];
    for (let run = 0; run < runs; run++) {
      // The very release again is another rollout.
      if (run > 0) await project.config("set", "switchback:again", (await project.outputs()).rollout);
      const { exitCode, text } = await project.up("v1.0.0");
      if (exitCode !== 0) throw new Error(text);
      spans.push(spanOfChecks(project, (await project.outputs()).rollout));
    }
    const over = median(spans) - 1.5 * longestMilliseconds;
    print(`${engine.name}: 40 checks`, `1.5 x the longest and ${(over / 1000).toFixed(1)} s`, "aim 1.5 x and 3 s", {
      "40 checks": spans,
      longest: [longestMilliseconds],
    });
  } finally {
    await project.remove();
  }
  const previewed = await Project.make(engine, { program: withPreflight(20) });
  try {
    const times = { one: [] as number[], twenty: [] as number[] };
    for (let run = 0; run < runs; run++) {
      previewed.replaceProgram(withPreflight(1));
      times.one.push(await timed(() => previewed.preview()));
      previewed.replaceProgram(withPreflight(20));
      times.twenty.push(await timed(() => previewed.preview()));
    }
    const more = (median(times.twenty) - median(times.one)) / 1000;
    print(`${engine.name}: 20 preview checks`, `${more.toFixed(2)} s more than one`, "aim 2 s", times);
  } finally {
    await previewed.remove();
  }
}
server.close();
