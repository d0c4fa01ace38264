import { analyse, type FailedTrial, type MeasuredTrial } from "../core/analysis.ts";
import { parseFacts } from "../core/facts.ts";
import { decisive, nestedEntries, settledTrials } from "../core/observation.ts";
import { planBoots } from "../core/plan.ts";
import { problemText } from "../core/problem.ts";
import { answer, type BringUp, LABELS, type LevelFacts, type Report } from "../core/report.ts";
import { studyFromData } from "../core/study.ts";
import type { WorkloadKind } from "../core/workload.ts";
import { type MachineRecord, type RunRecord, type Store, verdictKey } from "./ports.ts";

/** A run's report from what the store holds; complete or not. */
export async function reportOf(
  run: RunRecord,
  store: Store,
  kinds: readonly WorkloadKind[],
): Promise<Report> {
  const observations = await store.observations(run.id);
  const verdicts = await store.verdicts(run.id);
  const machines = await store.machines(run.id);
  const measured: MeasuredTrial[] = [];
  const failures: FailedTrial[] = [];
  const speaking = decisive(observations);
  for (const observation of speaking) {
    const { trial } = observation;
    const verdict = verdicts.get(verdictKey({ trial: trial.id, attempt: observation.attempt }));
    if (verdict?.kind === "measured") measured.push({ trial, reading: verdict.reading });
    else if (verdict !== undefined) failures.push({ trial, problem: verdict.problem });
  }
  const names = run.study.workloads.map((workload) => workload.name);
  const analysis = analyse(measured, failures, names, run.study.levels);
  const study = studyFromData(run.study, kinds);
  const planned =
    study === undefined ? speaking.length : planBoots(study, run.seed).flatMap((b) => b.trials).length;
  const unsettled = planned - settledTrials(await store.attempts(run.id)).size;
  const label = LABELS[run.hardware];
  const bringUps = bringUpsOf(machines);
  const levels = levelsOf(machines);
  const interrupted = [...new Set(bringUps.map((one) => one.boot))].filter(
    (boot) => bringUps.filter((one) => one.boot === boot).length > 1,
  );
  return {
    run: run.id,
    createdAt: run.createdAt,
    study: run.study,
    seed: run.seed,
    hardware: run.hardware,
    ...(label === undefined ? {} : { label }),
    analysis,
    answers: names.map((name) => answer(name, analysis.cells)),
    levels,
    bringUps,
    trials: speaking.map((observation) => {
      const { trial, attempt } = observation;
      const verdict = verdicts.get(verdictKey({ trial: trial.id, attempt }));
      return {
        trial,
        attempt,
        bringUp: observation.bringUp,
        reading: verdict?.kind === "measured" ? verdict.reading : undefined,
        problem: verdict?.kind === "failed" ? problemText(verdict.problem) : undefined,
        nestedEntries: nestedEntries(observation),
      };
    }),
    planned,
    notes: [
      ...analysis.warnings,
      ...cpuNote(levels),
      ...groundNote(run.hardware, levels),
      ...interrupted.map((boot) => `boot ${boot} was interrupted and went on in a fresh bring-up`),
      ...(failures.length > 0
        ? [`${failures.length} trial(s) failed and are in no figure; their raw text is kept`]
        : []),
      ...lostNote(observations.length - speaking.length),
      ...(unsettled > 0
        ? [`${unsettled} of ${planned} trials are not measured yet: dvirt resume ${run.id}`]
        : []),
    ],
    record: run.record,
  };
}

/** Attempts whose machine was lost under them are in the store and in no figure. */
function lostNote(lost: number): readonly string[] {
  if (lost === 0) return [];
  return [`${lost} attempt(s) lost their machine and were made again; what they left is kept (dvirt show)`];
}

/** Levels of unlike size mix the cost of a layer with the loss of processors. */
function cpuNote(levels: readonly LevelFacts[]): readonly string[] {
  if (new Set(levels.map(({ facts }) => facts.cpus)).size < 2) return [];
  const each = levels.map(({ level, facts }) => `L${level} ${facts.cpus}`).join(", ");
  return [
    `the levels have different numbers of CPUs (${each}): workloads that can use more than one pay for that too`,
  ];
}

/** On real hardware L0 must have nothing below it; where it says that it has, so does every figure. */
function groundNote(hardware: RunRecord["hardware"], levels: readonly LevelFacts[]): readonly string[] {
  const ground = levels.find(({ level }) => level === 0)?.facts;
  if (hardware !== "real" || ground?.cpuFlags.includes("hypervisor") !== true) return [];
  return [
    `L0 is itself a guest (${ground.hypervisor}): the levels here are counted from it, and what is below it is in every figure`,
  ];
}

/** The first facts seen at each level; what changes between boots is in the store. */
function levelsOf(machines: readonly MachineRecord[]): readonly LevelFacts[] {
  const levels = [...new Set(machines.map((machine) => machine.level))].sort((a, b) => a - b);
  return levels.flatMap((level) => {
    const first = machines.find((machine) => machine.level === level);
    return first === undefined ? [] : [{ level, driver: first.driver, facts: parseFacts(first.facts) }];
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
        bringUp,
        readySeconds: own.map(({ level, readySeconds }) => ({ level, seconds: readySeconds })),
      },
    ];
  });
}
