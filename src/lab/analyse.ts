import { readAllotments } from "../core/allotment.ts";
import { analyse } from "../core/analysis.ts";
import { attributions } from "../core/attribution.ts";
import { confinementOf, pinningOf } from "../core/confinement.ts";
import { type DoubtSummary, summarise } from "../core/doubts.ts";
import { parseFacts } from "../core/facts.ts";
import type { TimelineSpan } from "../core/figure.ts";
import { NOTES } from "../core/machine-section.ts";
import { probeCosts, publishedCosts } from "../core/probe-report.ts";
import type { PublishedStudy } from "../core/published.ts";
import { widthText } from "../core/repetitions.ts";
import type { LevelFacts, TrialRow } from "../core/report.ts";
import { measuredCpus } from "../core/resources-table.ts";
import type { BringUp, Course } from "../core/run-evidence.ts";
import { type RunReport, runReport } from "../core/run-report.ts";
import { conditionsOf } from "../core/settings/condition.ts";
import { meanOf } from "../core/stats/mean.ts";
import type { PlanSoFar } from "../core/stopping.ts";
import { DEFAULT_DOUBTS, DEFAULT_MARGIN, type DoubtsPolicy, type StudyData } from "../core/study.ts";
import { type Reading, sizeWords } from "../core/workload.ts";
import type { MachineRecord, RunRecord, Store } from "./ports.ts";
import { bootSecondsOf, headlineReadings, planOf } from "./so-far.ts";

/**
 * A run's report from what the store holds, complete or not, beside what was published of the same costs. The store
 * must stay open while it is rendered.
 */
export async function reportOf(
  run: RunRecord,
  store: Store,
  published: readonly PublishedStudy[] = [],
): Promise<RunReport> {
  const { study } = run;
  const machines = await store.machines(run.id);
  const policy = study.doubts ?? DEFAULT_DOUBTS;
  const counts = await store.counts(run.id, policy.repeat);
  const trials = store.trials(run.id);
  const failures = await store.failures(run.id);
  const conditions = conditionsOf(study);
  const analysis = analyse(headlineReadings(store.readings(run.id), policy), failures, {
    platform: study.platform,
    resources: study.resources.policy,
    workloads: study.workloads.map(({ name }) => name),
    levels: study.levels,
    margin: study.margin ?? DEFAULT_MARGIN,
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(study.repetitions.kind === "until" ? { repetitions: "until" } : {}),
  });
  const doubts = summarise(await store.guardOutcomes(run.id));
  const { planned, stopped } = await planOf(run, store);
  const unsettled = planned - counts.settled;
  const bringUps = bringUpsOf(machines);
  const levels = levelsOf(machines, run.record);
  const again = planned <= TRIALS_READ_AGAIN ? [...trials] : [];
  const interrupted = [...new Set(bringUps.map(partOf))].filter(
    (part) => bringUps.filter((one) => partOf(one) === part).length > 1,
  );
  return runReport({
    subject: {
      kind: "run",
      id: run.id,
      createdAt: run.createdAt,
      study,
      seed: run.seed,
      planned,
      record: run.record,
      levels,
    },
    hardware: run.hardware,
    timing: run.timing,
    analysis,
    bringUps,
    nestedEntries: await store.nestedEntries(run.id),
    courses: coursesOf(again),
    attributions: attributions(again),
    probeCosts: probeCosts(again),
    publishedCosts: publishedCosts(published),
    ...(stopped === undefined ? {} : { stopped }),
    bootSeconds: bootSecondsOf(machines, again),
    spans: spansOf(trials),
    trials,
    doubts,
    notes: [
      ...platformNotes(run.record),
      ...doubtNote(doubts, policy),
      ...cpuNote(levels),
      ...confinementNote(levels),
      ...groundNote(run.hardware, levels),
      ...interrupted.map((part) => `${part} was interrupted and went on in a fresh bring-up`),
      ...(failures.length > 0
        ? [`${failures.length} trial(s) failed and are in no figure; their raw text is kept`]
        : []),
      ...lostNote(counts.repeats - counts.doubtRepeats),
      ...doubtRepeatNote(counts.doubtRepeats),
      ...shortNote(study, stopped),
      ...(unsettled > 0
        ? [`${unsettled} of ${planned} trials are not measured yet: dvirt resume ${run.id}`]
        : []),
    ],
  });
}

/** What a platform wants to be known of all that was measured on it. */
function platformNotes(record: RunRecord["record"]): readonly string[] {
  return record[NOTES]?.split("\n") ?? [];
}

/** Whoever asks for a width must see where it was not reached, without looking for it. */
function shortNote({ repetitions }: StudyData, stopped: PlanSoFar["stopped"]): readonly string[] {
  if (repetitions.kind === "fixed") return [];
  const asked = widthText(repetitions.ratioHalfWidth);
  return [...(stopped ?? [])]
    .filter(([, reason]) => reason !== "width reached")
    .map(
      ([name, reason]) =>
        `${name} was not measured until its ratios were as narrow as asked (${asked}): ${reason}`,
    );
}

/** Beyond this the trials' own texts are not read again: it would take longer than the whole analysis. */
const TRIALS_READ_AGAIN = 20_000;

function coursesOf(trials: Iterable<TrialRow>): readonly Course[] {
  const cells = new Map<string, { workload: string; level: number; reports: Reading["more"][] }>();
  for (const { trial, reading } of trials) {
    if (reading?.more["intervals"] === undefined) continue;
    const key = `${trial.workload} L${trial.level}`;
    const cell = cells.get(key) ?? { workload: trial.workload, level: trial.level, reports: [] };
    cell.reports.push(reading.more);
    cells.set(key, cell);
  }
  return [...cells.values()]
    .sort((a, b) => a.workload.localeCompare(b.workload) || a.level - b.level)
    .map(({ workload, level, reports }) => {
      const of = (name: string) => reports.flatMap((more) => more[name] ?? []);
      const shares = reports.flatMap(({ intervals, effectiveIntervals }) =>
        intervals === undefined || effectiveIntervals === undefined ? [] : [effectiveIntervals / intervals],
      );
      const steadyFrom = of("steadyFromInterval");
      return {
        workload,
        level,
        trials: reports.length,
        intervals: of("intervals").reduce((sum, count) => sum + count, 0),
        lag1: shares.length === 0 ? undefined : meanOf(of("lag1")),
        effectiveShare: shares.length === 0 ? undefined : meanOf(shares),
        examined: steadyFrom.length,
        warmUps: steadyFrom.filter((at) => at > 0).length,
      };
    });
}

/** Trials that a picture of their order can show. */
const SPANS_SHOWN = 600;

function spansOf(trials: Iterable<TrialRow>): readonly TimelineSpan[] {
  const spans: TimelineSpan[] = [];
  let begin: number | undefined;
  for (const { trial, startedAt, seconds, reading } of trials) {
    if (spans.length === SPANS_SHOWN) break;
    const at = Date.parse(startedAt) / 1000;
    begin ??= at;
    spans.push({
      boot: trial.boot,
      level: `L${trial.level}`,
      what: trial.workload,
      fromSeconds: at - begin,
      toSeconds: at - begin + seconds,
      failed: reading === undefined,
    });
  }
  return spans;
}

/** Attempts whose machine was lost under them are in the store and in no figure. */
function lostNote(lost: number): readonly string[] {
  if (lost === 0) return [];
  return [`${lost} attempt(s) lost their machine and were made again; what they left is kept (dvirt show)`];
}

function doubtNote({ doubted, measured }: DoubtSummary, { headline }: DoubtsPolicy): readonly string[] {
  if (doubted === 0) return [];
  const figures =
    headline === "keep" ? "kept in every figure" : "left out of every figure, as the study says";
  return [`${doubted} of ${measured} measured trial(s) are doubted by a guard and ${figures}`];
}

function doubtRepeatNote(again: number): readonly string[] {
  if (again === 0) return [];
  return [`${again} attempt(s) were doubted and made again; what they left is kept (dvirt show)`];
}

/** Levels of unlike size mix the cost of a layer with the loss of processors. */
function cpuNote(levels: readonly LevelFacts[]): readonly string[] {
  if (new Set(levels.map(measuredCpus)).size < 2) return [];
  const each = levels.map((one) => `L${one.level} ${measuredCpus(one)}`).join(", ");
  return [
    `the levels have different numbers of CPUs (${each}): workloads that can use more than one pay for that too`,
  ];
}

/** A level that could not be confined was measured with all that its machine has. */
function confinementNote(levels: readonly LevelFacts[]): readonly string[] {
  return levels.flatMap(({ level, allotment, confinement }) => {
    if (confinement?.kind !== "unconfined") return [];
    const to = allotment === undefined ? "" : ` to ${sizeWords(allotment.measured)}`;
    return [
      `L${level} is not confined${to}: ${confinement.why}; what it adds to a layer's cost is in its figures`,
    ];
  });
}

/** On real hardware L0 must have nothing below it; where it says that it has, so does every figure. */
function groundNote(hardware: RunRecord["hardware"], levels: readonly LevelFacts[]): readonly string[] {
  const ground = levels.find(({ level }) => level === 0)?.facts;
  if (hardware !== "real" || ground?.cpuFlags.includes("hypervisor") !== true) return [];
  return [
    `L0 is itself a guest (${ground.hypervisor}): the levels here are counted from it, and what is below it is in every figure`,
  ];
}

/** The first facts seen at each level, under the first condition; what changes between boots is in the store. */
function levelsOf(all: readonly MachineRecord[], record: RunRecord["record"]): readonly LevelFacts[] {
  const allotments = readAllotments(record);
  const condition = Math.min(...all.map((machine) => machine.condition ?? 1));
  const machines = all.filter((machine) => (machine.condition ?? 1) === condition);
  const levels = [...new Set(machines.map((machine) => machine.level))].sort((a, b) => a - b);
  return levels.flatMap((level) => {
    const first = machines.find((machine) => machine.level === level);
    if (first === undefined) return [];
    const { driver, facts } = first;
    const allotment = allotments[level];
    const confinement = confinementOf(facts);
    const pinning = pinningOf(facts);
    return [
      {
        level,
        driver,
        facts: parseFacts(facts),
        ...(allotment === undefined ? {} : { allotment }),
        ...(confinement === undefined ? {} : { confinement }),
        ...(pinning === undefined ? {} : { pinning }),
      },
    ];
  });
}

/** `boot 2`, or `boot 2, condition 3`: what one bring-up measures if nothing comes between. */
function partOf({ boot, condition }: BringUp): string {
  return condition === undefined ? `boot ${boot}` : `boot ${boot}, condition ${condition}`;
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
      },
    ];
  });
}
