import { availableParallelism } from "node:os";
import { shellQuote } from "../adapters/shell.ts";
import { certainBoots, evenShape, planBoot, plannedTrials } from "../core/plan.ts";
import { widthText } from "../core/repetitions.ts";
import { expressionProblems } from "../core/resources.ts";
import type { Size } from "../core/resources-policy.ts";
import { conditionsOf } from "../core/settings/condition.ts";
import { dataDiskBytes, type Study } from "../core/study.ts";
import { formatBytes, formatDuration } from "../core/units.ts";
import { sized, type Workload } from "../core/workload.ts";
import { createEstimator, remainingSeconds, slownessOf } from "../lab/estimate.ts";
import type { LaunchPlan } from "../lab/ports.ts";
import { platformNamed } from "../platforms/index.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";
import { loadStudiesWith, type StudyOptions } from "./study-options.ts";

export interface PlanOptions extends StudyOptions {
  readonly seed?: number;
}

/** `dvirt plan [STUDY]`: what would be done, trial by trial and argv by argv, and nothing of it done. */
export async function planCommand(context: Context, name: string, options: PlanOptions): Promise<ExitCode> {
  const loaded = await loadStudiesWith(context, name, options);
  if (!loaded.ok) return tell(context, loaded.problems);
  for (const [index, study] of loaded.value.entries()) {
    if (index > 0) context.output.write("\n");
    const code = planStudy(context, study, options);
    if (code !== EXIT.fine) return code;
  }
  return EXIT.fine;
}

/** Of one platform, which is measured before the next one begins. */
function planStudy(context: Context, study: Study, options: PlanOptions): ExitCode {
  const seed = options.seed ?? 1;
  const boots = certainBoots(study, seed);
  const trials = boots.flatMap((boot) => boot.trials);
  const platform = platformNamed(study.platform);
  const hardware =
    platform.lock === undefined ? "simulated" : study.hardware === "real" ? "real" : "emulated";
  const conditions = conditionsOf(study);
  const launchesOf = (condition: number | undefined) =>
    platform.preview(study, hardware === "real" ? "real" : "emulated", availableParallelism(), condition);
  const launches = launchesOf(undefined);
  const sizes = launches.map(({ measured }) => measured);
  const misfit = expressionProblems(study, sizes);
  if (misfit.length > 0) return tell(context, misfit);
  const estimator = createEstimator(
    study.workloads,
    hardware,
    sizes,
    slownessOf(study, hardware, platform.slower),
  );
  const seconds = remainingSeconds(trials, -1, estimator);
  const memory = launches[0]?.memoryBytes ?? 0;
  const disk = study.scratch.sizeBytes + Math.max(0, ...study.workloads.map(dataDiskBytes));
  const write = (text = "") => context.output.write(`${text}\n`);

  write(`${study.title} (study ${study.name}, platform ${study.platform})`);
  write(
    `hardware: ${study.hardware === "auto" ? "decided by trying when it runs; shown here for emulated" : study.hardware}`,
  );
  const drawn = `seed ${seed}${options.seed === undefined ? " (a run draws its own)" : ""}`;
  const { repetitions } = study;
  let long = `about ${formatDuration(seconds)}`;
  if (repetitions.kind === "fixed") {
    write(
      `${boots.length} boots × ${boots[0]?.trials.length ?? 0} trials = ${trials.length} trials, ${drawn}`,
    );
  } else {
    const { maximum, minimum } = repetitions.boots;
    const { least, most } = plannedTrials(study);
    const largest = planBoot(study, seed, minimum + 1, evenShape(study, repetitions.runs.maximum));
    const longest = seconds + (maximum - minimum) * remainingSeconds(largest.trials, -1, estimator);
    write(
      `until every headline ratio is known to ${widthText(repetitions.ratioHalfWidth)}: ${minimum} to ${maximum} boots, ${least} to ${most} trials, ${drawn}; the first ${minimum} boots are below`,
    );
    long = `at least ${formatDuration(seconds)} and at most ${formatDuration(Math.min(longest, repetitions.budgetSeconds ?? longest))}`;
  }
  write(
    `${long} once the image is there, ${formatBytes(memory)} of memory for L0 with all that is in it, ${formatBytes(disk)} of disk beside the image`,
  );
  if (conditions.length > 0) {
    write(`${conditions.length} conditions, each brought up afresh in every boot:`);
    for (const { index, name } of conditions) write(`  c${index}  ${name}`);
  }
  const title = `Machines, resources ${study.resources.policy}`;
  const machines = conditions.map(({ index, name }) => ({ title: `${title}, ${name}`, index }));
  for (const one of machines.length === 0 ? [{ title, index: undefined }] : machines) {
    write();
    write(one.title);
    for (const [level, launch] of launchesOf(one.index).entries()) {
      write(`  L${level}  ${launchText(launch)}`);
      write(`      ${shellQuote(launch.argv)}`);
    }
  }
  write();
  write("Workloads");
  const place = { dataDisk: "DATA-DISK", scratchDisk: "SCRATCH-DISK" };
  for (const workload of study.workloads) {
    write(`  ${workload.name}: ${workload.about}`);
    for (const command of workload.prepare(place)) write(`      before: ${summary(command.argv)}`);
    for (const line of argvLines(workload, sizes)) write(`      ${line}`);
    for (const command of workload.cleanup) write(`      after: ${summary(command.argv)}`);
  }
  for (const boot of boots) {
    write();
    write(`Boot ${boot.index}`);
    for (const trial of boot.trials) {
      write(`  ${trial.id.padEnd(28)} about ${formatDuration(estimator.trialSeconds(trial))}`);
    }
  }
  return EXIT.fine;
}

function launchText({ cpus, memoryBytes, measured, pinnedTo }: LaunchPlan): string {
  const pinned = pinnedTo === undefined ? "" : `, pinned to CPUs ${pinnedTo.join(", ")} of the level below`;
  return `${cpus} CPU(s), ${formatBytes(memoryBytes)}${pinned}; measured: ${measured.cpus} CPU(s), ${formatBytes(measured.memoryBytes)}`;
}

/** One argv where all levels run the same, one for each level where expressions make them differ. */
function argvLines(workload: Workload, sizes: readonly Size[]): readonly string[] {
  const each = sizes.map((size) => shellQuote(sized(workload, size).command.argv));
  return new Set(each).size === 1 ? each.slice(0, 1) : each.map((argv, level) => `L${level}: ${argv}`);
}

/** A script is shown by the name it runs under; `dvirt show RUN TRIAL` has its text. */
function summary(argv: readonly string[]): string {
  return argv[0] === "sh" && argv[1] === "-c" ? `sh script ${shellQuote(argv.slice(3))}` : shellQuote(argv);
}
