import { shellQuote } from "../adapters/shell.ts";
import { formatBytes, formatDuration, percentText } from "../core/base/units.ts";
import { roundPercent } from "../core/document/figure-text.ts";
import { leastCostTold } from "../core/stats/detectable.ts";
import type { Machines } from "../core/study/abilities.ts";
import type { Ground } from "../core/study/clock.ts";
import { stackDiskBytes } from "../core/study/resources.ts";
import { conditionsOf } from "../core/study/settings/condition.ts";
import { dataDiskBytes, type Study } from "../core/study/study.ts";
import type { Workload, WorkPlace } from "../core/study/workload.ts";
import { type Boot, certainBoots, evenShape, planBoot, plannedTrials } from "../core/trial/plan.ts";
import { createEstimator, type Estimator, remainingSeconds, sideBySideSeconds } from "../lab/estimate.ts";
import type { LaunchPlan } from "../lab/ports.ts";
import type { Stacks } from "./stacks.ts";

export interface PlanInput {
  readonly study: Study;
  readonly machines: Machines;
  readonly ground: Ground;
  /** What would be launched under a condition, L0 first. */
  readonly launchesOf: (condition: number | undefined) => readonly LaunchPlan[];
  /** `drawn`: a run without `--seed` draws another one. */
  readonly seed: { readonly number: number; readonly drawn: boolean };
  readonly stacks: Stacks;
  /** What this computer has too little of for the study as it stands. */
  readonly warning: string | undefined;
}

/** What a run of a study would do, for a person. */
export function planText(input: PlanInput): string {
  const { study, machines, ground, launchesOf, seed } = input;
  const { timing } = ground;
  const launches = launchesOf(undefined);
  const boots = certainBoots(study, seed.number);
  const estimator = createEstimator(
    study.workloads,
    { machines, timing },
    launches.map(({ pace }) => pace * input.stacks.crowding),
  );
  const lines = [
    `${study.title} (study ${study.name}, platform ${study.platform})`,
    hardwareLine(study, machines),
    ...(timing === "wall"
      ? []
      : [`seconds: ${timing === "counted" ? "counted instructions" : "functional only"}`]),
    countLine(input, boots),
    answersLine(study, timing),
    needsLine(input, secondsOf(input, boots, estimator), launches[0]?.memoryBytes ?? 0),
    ...(input.warning === undefined ? [] : [`warning: ${input.warning}`]),
    ...conditionLines(study),
    ...machineLines(study, launchesOf),
    ...workloadLines(study),
    ...boots.flatMap((boot) => bootLines(boot, machines, estimator)),
  ];
  return `${lines.join("\n")}\n`;
}

function hardwareLine({ hardware }: Study, machines: Machines): string {
  switch (machines.kind) {
    case "imagined":
      return "hardware: none; figures are drawn from known truth, and no machine is started";
    case "given":
      return `hardware: ${hardware === "auto" ? "what the machines are, as they say when it runs" : hardware}`;
    case "made":
      if (machines.hardware === "emulated") return "hardware: emulated";
      return `hardware: ${hardware === "auto" ? "decided by trying when it runs; shown here for emulated" : hardware}`;
  }
}

/** What the unit of replication is called. */
function bootWord(machines: Machines): "boot" | "session" {
  return machines.kind === "given" && machines.guests === "stay up" ? "session" : "boot";
}

function countLine({ study, machines, seed }: PlanInput, boots: readonly Boot[]): string {
  const drawn = `seed ${seed.number}${seed.drawn ? " (a run draws its own)" : ""}`;
  const word = `${bootWord(machines)}s`;
  const { repetitions } = study;
  if (repetitions.kind === "fixed") {
    const each = boots[0]?.trials.length ?? 0;
    return `${boots.length} ${word} × ${each} trials = ${boots.length * each} trials, ${drawn}`;
  }
  const { maximum, minimum } = repetitions.boots;
  const { least, most } = plannedTrials(study);
  return `until every headline ratio is known to ${percentText(repetitions.ratioHalfWidth)}: ${minimum} to ${maximum} ${word}, ${least} to ${most} trials, ${drawn}; the first ${minimum} ${word} are below`;
}

/**
 * How much a level's ratio differs from boot to boot, on quiet workloads and on noisy ones: as seen on an emulated computer
 * of 2 cores, by an ordinary clock (docs/adr/0009) and in counted time (docs/virtual-time.md).
 */
const SPREADS = { wall: [0.02, 0.1], counted: [0.0001, 0.01] } as const;

/** Which costs such a study will not tell from none, so that nobody has to measure to find out. */
export function answersLine(
  { repetitions, levels }: Pick<Study, "repetitions" | "levels">,
  timing: Ground["timing"],
): string {
  if (repetitions.kind === "until") {
    return `answers: costs below about ${percentText(repetitions.ratioHalfWidth)} will mostly be too small to be seen`;
  }
  const size = { boots: repetitions.boots, levels: levels + 1 };
  const unseen = SPREADS[timing === "wall" ? "wall" : "counted"].flatMap((spread) => {
    const cost = leastCostTold(size, spread);
    return cost === undefined
      ? []
      : [`below ${roundPercent(cost)} where repetitions differ by ${percentText(spread)}`];
  });
  return unseen.length === 0
    ? "answers: none; an interval takes two levels and two repetitions"
    : `answers: costs ${unseen.join(", or ")}, will mostly be too small to be seen`;
}

interface Span {
  readonly least: number;
  readonly most: number;
}

function secondsOf({ study, seed, stacks }: PlanInput, boots: readonly Boot[], estimator: Estimator): Span {
  const each = boots.map(({ trials }) => remainingSeconds(trials, -1, estimator));
  const least = sideBySideSeconds(each, stacks.count);
  const { repetitions } = study;
  if (repetitions.kind === "fixed") return { least, most: least };
  const { maximum, minimum } = repetitions.boots;
  const largest = planBoot(study, seed.number, minimum + 1, evenShape(study, repetitions.runs.maximum));
  const longest = least + (maximum - minimum) * remainingSeconds(largest.trials, -1, estimator);
  // The pilot is measured whatever the budget.
  return { least, most: Math.max(least, Math.min(longest, repetitions.budgetSeconds ?? longest)) };
}

function spanText({ least, most }: Span): string {
  if (least === most) return aboutText(least);
  if (least < SHORT) return most < SHORT ? "less than 1 s" : `at most ${formatDuration(most)}`;
  return `at least ${formatDuration(least)} and at most ${formatDuration(most)}`;
}

/** Seconds that would be shown as none. */
const SHORT = 0.5;

function aboutText(seconds: number): string {
  return seconds < SHORT ? "less than 1 s" : `about ${formatDuration(seconds)}`;
}

function needsLine({ study, machines, ground, stacks }: PlanInput, span: Span, memory: number): string {
  const each = study.scratch.sizeBytes;
  const data = Math.max(0, ...study.workloads.map(dataDiskBytes));
  const time = `${spanText(span)}${sideBySideText(study, stacks)}`;
  switch (machines.kind) {
    case "imagined":
      return time;
    case "given":
      return `${time} once every machine has what it needs, ${formatBytes(each + data)} of disk on each`;
    case "made": {
      const ofL0 = stacks.count === 1 ? "L0 with all that is in it" : "all stacks";
      const [all, disk] = [memory * stacks.count, stackDiskBytes(study, ground) * stacks.count + data];
      return `${time} once the image is there, ${formatBytes(all)} of memory for ${ofL0}, ${formatBytes(disk)} of disk beside the image`;
    }
  }
}

/** After the pilot of an adaptive study each boot waits for those before it. */
function sideBySideText({ repetitions }: Study, { count }: Stacks): string {
  if (count === 1) return "";
  return ` (${count} boots side by side${repetitions.kind === "fixed" ? "" : " in the pilot"})`;
}

function conditionLines(study: Study): readonly string[] {
  const conditions = conditionsOf(study);
  if (conditions.length === 0) return [];
  return [
    `${conditions.length} conditions, each brought up afresh in every boot:`,
    ...conditions.map(({ index, name }) => `  c${index}  ${name}`),
  ];
}

function machineLines(study: Study, launchesOf: PlanInput["launchesOf"]): readonly string[] {
  const title = `Machines, resources ${study.resources.policy}`;
  const each = conditionsOf(study).map(({ index, name }) => ({ title: `${title}, ${name}`, index }));
  return (each.length === 0 ? [{ title, index: undefined }] : each).flatMap((one) => [
    "",
    one.title,
    ...launchesOf(one.index).flatMap((launch, level) => [
      `  L${level}  ${launchText(launch)}`,
      `      ${shellQuote(launch.argv)}`,
    ]),
  ]);
}

function workloadLines({ workloads }: Study): readonly string[] {
  const place = { dataDisk: "DATA-DISK", scratchDisk: "SCRATCH-DISK" };
  return [
    "",
    "Workloads",
    ...workloads.flatMap((workload) => {
      const { name, kind } = workload;
      return [
        `  ${name}: ${name === kind.name ? "" : `${kind.name}, `}${kind.about}`,
        ...commandLines(workload, place).map((line) => `      ${line}`),
      ];
    }),
  ];
}

function bootLines({ index, trials }: Boot, machines: Machines, estimator: Estimator): readonly string[] {
  const word = bootWord(machines);
  return [
    "",
    `${word === "boot" ? "Boot" : "Session"} ${index}`,
    ...trials.map((trial) => `  ${trial.id.padEnd(28)} ${aboutText(estimator.trialSeconds(trial))}`),
  ];
}

function launchText({ cpus, memoryBytes, measured, pinnedTo }: LaunchPlan): string {
  const pinned = pinnedTo === undefined ? "" : `, pinned to CPUs ${pinnedTo.join(", ")} of the level below`;
  return `${cpus} CPU(s), ${formatBytes(memoryBytes)}${pinned}; measured: ${measured.cpus} CPU(s), ${formatBytes(measured.memoryBytes)}`;
}

/** One argv where all levels run the same, one for each level where expressions make them differ. */
function commandLines({ levels }: Workload, place: WorkPlace): readonly string[] {
  const commands = levels.map((level) => level.commands(place));
  const each = commands.map(({ measured }) => shellQuote(measured.argv));
  const { prepare = [], cleanup = [] } = commands.at(-1) ?? {};
  const remarks = levels.flatMap(({ remark }, level) =>
    remark === undefined ? [] : [`L${level}: ${remark}`],
  );
  return [
    ...prepare.map(({ argv }) => `before: ${summary(argv)}`),
    ...(new Set(each).size === 1 ? each.slice(0, 1) : each.map((argv, level) => `L${level}: ${argv}`)),
    ...remarks,
    ...cleanup.map(({ argv }) => `after: ${summary(argv)}`),
  ];
}

/** A script is shown by the name it runs under; `dvirt show RUN TRIAL` has its text. */
function summary(argv: readonly string[]): string {
  return argv[0] === "sh" && argv[1] === "-c" ? `sh script ${shellQuote(argv.slice(3))}` : shellQuote(argv);
}
