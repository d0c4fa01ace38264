import { type Analysis, analyse } from "../core/analysis/analysis.ts";
import { gather } from "../core/analysis/gather.ts";
import { optional } from "../core/base/optional.ts";
import { confinementOf, pinningOf } from "../core/machine/confinement.ts";
import { parseFacts } from "../core/machine/facts.ts";
import type { Provenance } from "../core/machine/provenance.ts";
import type { PublishedStudy } from "../core/published/published.ts";
import { allOf, type LevelFacts } from "../core/report/parts/report.ts";
import { asynchronousIoOf } from "../core/report/run/asynchronous-io.ts";
import { attributions } from "../core/report/run/attribution.ts";
import { coursesOf } from "../core/report/run/courses.ts";
import { evidenceNotes } from "../core/report/run/evidence-notes.ts";
import { spansOf } from "../core/report/run/evidence-section.ts";
import { probeCosts, publishedCosts } from "../core/report/run/probe-report.ts";
import { publishedRatios } from "../core/report/run/published-ratios.ts";
import type { BringUp, RunEvidence } from "../core/report/run/run-evidence.ts";
import { type RunReport, runReport } from "../core/report/run/run-report.ts";
import { conditionsOf } from "../core/study/settings/condition.ts";
import { summarise } from "../core/trial/doubts.ts";
import type { MachineRecord, RunRecord } from "./ports.ts";
import { bootSecondsOf, headlineReadings, planOf } from "./so-far.ts";
import type { StoreReader } from "./store.ts";

/**
 * A run's report from what the store holds, complete or not, beside what was published of the same costs. The store
 * must stay open while it is rendered.
 */
export async function reportOf(
  run: RunRecord,
  store: StoreReader,
  published: readonly PublishedStudy[] = [],
): Promise<RunReport> {
  return runReport(await evidenceOf(run, store, published));
}

/** What a run left, gathered from the store. */
export async function evidenceOf(
  run: RunRecord,
  store: StoreReader,
  published: readonly PublishedStudy[],
): Promise<RunEvidence> {
  const { study, hardware, timing, provenance } = run;
  const machines = await store.machines(run.id);
  const trials = store.trials(run.id);
  const { planned, stopped } = await planOf(run, store);
  const again = planned <= TRIALS_READ_AGAIN ? await allOf(trials) : [];
  const evidence = {
    subject: {
      kind: "run" as const,
      id: run.id,
      createdAt: run.createdAt,
      study,
      seed: run.seed,
      planned,
      provenance,
      levels: levelsOf(machines, provenance),
    },
    hardware,
    timing,
    analysis: await analysisOf(run, store),
    bringUps: bringUpsOf(machines),
    nestedEntries: await store.nestedEntries(run.id),
    courses: coursesOf(again),
    asynchronousIo: asynchronousIoOf(again),
    attributions: attributions(again),
    probeCosts: probeCosts(again),
    publishedCosts: publishedCosts(published),
    publishedRatios: publishedRatios(published),
    ...(stopped === undefined ? {} : { stopped }),
    bootSeconds: bootSecondsOf(machines, again),
    spans: await spansOf(trials),
    trials,
    doubts: await summarise(await store.guardEvidence(run.id)),
  };
  return { ...evidence, notes: evidenceNotes(evidence, await store.counts(run.id, study.doubts.repeat)) };
}

async function analysisOf(run: RunRecord, store: StoreReader): Promise<Analysis> {
  const { id, study } = run;
  const conditions = conditionsOf(study);
  const gathered = await gather(headlineReadings(store.readings(id), run));
  return analyse(gathered, await store.failures(id), {
    platform: study.platform,
    resources: study.resources.policy,
    workloads: study.workloads.map(({ name }) => name),
    levels: study.levels,
    margin: study.margin,
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(study.repetitions.kind === "until"
      ? { repetitions: "until" }
      : optional({ deepest: study.repetitions.deepest })),
  });
}

/** Beyond this the trials' own texts are not read again: it would take longer than the whole analysis. */
const TRIALS_READ_AGAIN = 20_000;

/** The first facts seen at each level, under the first condition; what changes between boots is in the store. */
function levelsOf(all: readonly MachineRecord[], { allotments }: Provenance): readonly LevelFacts[] {
  const condition = Math.min(...all.map((machine) => machine.condition ?? 1));
  const machines = all.filter((machine) => (machine.condition ?? 1) === condition);
  const levels = [...new Set(machines.map((machine) => machine.level))].sort((a, b) => a - b);
  return levels.flatMap((level) => {
    const first = machines.find((machine) => machine.level === level);
    if (first === undefined) return [];
    const { driver, facts } = first;
    const allotment = allotments[level];
    if (allotment === undefined)
      throw new Error(`a machine came up at L${level}, which was allotted nothing`);
    const shown = optional({ confinement: confinementOf(facts), pinning: pinningOf(facts) });
    return [{ level, driver, facts: parseFacts(facts), allotment, ...shown }];
  });
}

function bringUpsOf(machines: readonly MachineRecord[]): readonly BringUp[] {
  return [...new Set(machines.map((machine) => machine.bringUp))].flatMap((bringUp) => {
    const own = machines.filter((machine) => machine.bringUp === bringUp);
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        boot: first.boot,
        ...(first.condition === undefined ? {} : { condition: first.condition }),
        bringUp,
        readySeconds: own.map(({ level, readySeconds }) => ({ level, seconds: readySeconds })),
        settleSeconds: own.reduce((sum, { settleSeconds }) => sum + settleSeconds, 0),
      },
    ];
  });
}
