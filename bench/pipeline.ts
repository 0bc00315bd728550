// What the pipeline costs when there is nothing to do, against an empty Pulumi program on the same engine; and what a
// step costs, against a bare command. Interleaved runs on one machine: read the ratios, not the seconds. The empty program
// imports the SDK, as every program does; importing it is half of the time of both.
//   node bench/pipeline.ts [RUNS]
import { execa } from "execa";
import { commandText } from "../components/step.ts";
import { engines } from "../test/support/engines.ts";
import { Project } from "../test/support/project.ts";
import { median, print, timed } from "./timing.ts";

const runs = Number(process.argv[2] ?? 7);

for (const engine of engines) {
  const pipeline = await Project.make(engine);
  const empty = await Project.make(engine, { program: 'import "@pulumi/pulumi";\n' });
  try {
    if ((await pipeline.up("v1.0.0")).exitCode !== 0 || (await empty.up()).exitCode !== 0)
      throw new Error("the first up failed");
    for (const verb of ["preview", "up"] as const) {
      const times = { pipeline: [] as number[], empty: [] as number[] };
      for (let run = 0; run < runs; run++) {
        times.empty.push(await timed(() => empty[verb]()));
        times.pipeline.push(await timed(() => pipeline[verb]()));
      }
      const ratio = median(times.pipeline) / median(times.empty);
      print(`${engine.name}: no-op ${verb}`, `${ratio.toFixed(2)} x an empty program`, "aim 1.5 x for up", times);
    }
  } finally {
    await pipeline.remove();
    await empty.remove();
  }
}

const project = await Project.make(engines[0] ?? neverMind());
try {
  const spec = {
    step: "bench",
    release: "v1",
    action: "actions/checks/free-space",
    args: { path: ".", megabytes: 1 },
    store: ".switchback/store",
  };
  const shell = (text: string, input = ""): Promise<unknown> =>
    execa("/bin/sh", ["-c", text], {
      cwd: project.folder,
      input,
      env: { ...project.environment, SWITCHBACK_ROLLOUT: "1-bench" },
    });
  const times = { step: [] as number[], bare: [] as number[] };
  await shell(commandText, JSON.stringify(spec));
  for (let run = 0; run < runs * 3; run++) {
    times.bare.push(await timed(() => shell("true")));
    times.step.push(await timed(() => shell(commandText, JSON.stringify(spec))));
  }
  const over = median(times.step) - median(times.bare);
  print("one step", `${over.toFixed(0)} ms over a bare sh -c true`, "aim 120 ms", times);
} finally {
  await project.remove();
}

function neverMind(): never {
  throw new Error("there is always the embedded engine");
}
