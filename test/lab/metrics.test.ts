import { expect, test } from "vitest";
import { z } from "zod";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { ok } from "../../src/core/base/problem.ts";
import { parseStudy } from "../../src/core/study/study.ts";
import { defineWorkload } from "../../src/core/study/workload.ts";
import { outputs } from "../../src/outputs/index.ts";
import { terminalText } from "../../src/outputs/terminal.ts";
import { platforms } from "../../src/platforms/index.ts";
import { workloads } from "../../src/workloads/index.ts";
import { reportSchema } from "../unit/outputs/report-schema.ts";
import { madeUpLab, measure } from "./made-up-lab.ts";
import { placeForTest } from "./place.ts";
import { CPU, studyText } from "./simulated-study.ts";

/** A copy of a disk has a rate, and no transaction whose response could be timed. */
const copying = defineWorkload({
  name: "copying",
  about: "a made-up copy",
  needs: [],
  params: z.strictObject({ threads: z.literal(1).default(1) }),
  argv: () => ["copy"],
  parse: (stdout) => ok({ metrics: { throughput: Number(stdout) }, more: {} }),
  guessSeconds: () => 1,
  render: (_, truth) => String(truth.throughputPerSecond),
});

test("a workload without a response time is measured, stored, analysed and written in every format", async () => {
  const place = await placeForTest();
  const study = parseStudy(studyText({ boots: 6, workloads: [CPU, "{name: copying}"] }), "sim.yaml", {
    workloads: [...workloads, copying],
    platforms,
  });
  if (!study.ok) throw new Error(JSON.stringify(study.problems));
  const store = await openSqliteStore(place.store);
  if (!store.ok) throw new Error(JSON.stringify(store.problems));
  const { result, report } = await measure(study.value, madeUpLab(study.value).platform, store.value);
  expect(result.ok).toBe(true);
  const { cells, comparisons } = report.analysis;
  const of = (workload: string) => cells.filter((cell) => cell.workload === workload);
  expect(of("copying").map(({ throughput }) => Math.round(throughput.estimate.mean))).toEqual([
    1000, 800, 640,
  ]);
  expect(of("copying").map(({ response }) => response)).toEqual([undefined, undefined, undefined]);
  expect(of("cpu").every(({ response }) => response !== undefined)).toBe(true);
  expect(comparisons.filter(({ workload }) => workload === "copying").map(({ metric }) => metric)).toEqual([
    "throughput",
    "throughput",
    "throughput",
  ]);
  const texts = [terminalText(report)];
  for (const output of outputs.filter(({ name }) => name !== "pdf" && name !== "png")) {
    const written = await output.render(report);
    if (!written.ok) throw new Error(`${output.name}: ${JSON.stringify(written.problems)}`);
    for (const { name, content } of written.value) {
      if (typeof content !== "string") continue;
      texts.push(content);
      if (name === "report.json") expect(reportSchema.safeParse(JSON.parse(content)).error).toBeUndefined();
      if (name === "trials.csv") expect(content).toMatch(/,copying,1000,,,/);
    }
  }
  await store.value.close();
  expect(texts.join("\n")).not.toMatch(/\bNaN\b|\bundefined\b/);
});
