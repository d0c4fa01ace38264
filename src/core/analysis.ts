import type { Trial } from "./plan.ts";
import type { Problem } from "./problem.ts";
import { estimateMean, type MeanEstimate, meanOf, relativeChange } from "./stats/mean.ts";
import type { Reading } from "./workload.ts";

/** A trial that could be read, with the figures it gave. */
export interface MeasuredTrial {
  readonly trial: Trial;
  readonly reading: Reading;
}

export interface FailedTrial {
  readonly trial: Trial;
  readonly problem: Problem;
}

/** One workload at one level: the boot is the unit of replication. */
export interface Cell {
  readonly workload: string;
  readonly level: number;
  readonly throughput: Quantity;
  readonly response: Quantity;
  /** Ids of the trials that the figures rest on. */
  readonly trials: readonly string[];
}

export interface Quantity {
  /** Per second, or seconds. */
  readonly estimate: MeanEstimate;
  /** Per boot, in boot order. */
  readonly perBoot: readonly number[];
  readonly changeFromPreviousLevel: number | undefined;
  readonly ratioToL0: number | undefined;
}

export interface Analysis {
  readonly cells: readonly Cell[];
  readonly failed: readonly FailedTrial[];
  /** Sentences that belong under every table made from this. */
  readonly warnings: readonly string[];
}

/**
 * Estimates from readings. Within a boot the trials of one direction are averaged, then the two
 * directions; each boot counts once.
 */
export function analyse(
  measured: readonly MeasuredTrial[],
  failed: readonly FailedTrial[],
  workloads: readonly string[],
  levels: number,
): Analysis {
  const warnings = new Set<string>();
  const cells: Cell[] = [];
  for (const workload of workloads) {
    const found: Cell[] = [];
    for (let level = 0; level <= levels; level++) {
      const here = measured.filter(({ trial }) => trial.workload === workload && trial.level === level);
      const throughput = perBoot(here, (reading) => reading.throughputPerSecond);
      const response = perBoot(here, (reading) => reading.responseMeanSeconds);
      if (throughput.oneSided > 0) {
        warnings.add(
          `${workload} at L${level}: ${throughput.oneSided} boot(s) were measured in one direction only, so drift does not cancel there`,
        );
      }
      const throughputEstimate = estimateMean(throughput.values);
      const responseEstimate = estimateMean(response.values);
      if (throughputEstimate === undefined || responseEstimate === undefined) {
        warnings.add(`${workload} at L${level}: no trial could be read`);
        continue;
      }
      const previous = found.find((cell) => cell.level === level - 1);
      const ground = found.find((cell) => cell.level === 0);
      const quantity = (
        estimate: MeanEstimate,
        values: readonly number[],
        before: MeanEstimate | undefined,
        base: MeanEstimate | undefined,
      ): Quantity => ({
        estimate,
        perBoot: values,
        changeFromPreviousLevel:
          before === undefined ? undefined : relativeChange(before.mean, estimate.mean),
        ratioToL0: base === undefined ? undefined : estimate.mean / base.mean,
      });
      found.push({
        workload,
        level,
        throughput: quantity(
          throughputEstimate,
          throughput.values,
          previous?.throughput.estimate,
          ground?.throughput.estimate,
        ),
        response: quantity(
          responseEstimate,
          response.values,
          previous?.response.estimate,
          ground?.response.estimate,
        ),
        trials: here.map(({ trial }) => trial.id),
      });
    }
    cells.push(...found);
  }
  const boots = Math.min(...cells.map((cell) => cell.throughput.estimate.n));
  if (cells.length > 0 && boots < 6) {
    warnings.add(
      boots === 1
        ? "one boot: there is no standard error, and nothing can be said of the spread"
        : `${boots} boots: a standard error on ${boots - 1} degree(s) of freedom is itself very uncertain; differences near it mean nothing`,
    );
  }
  return { cells, failed, warnings: [...warnings] };
}

function perBoot(
  trials: readonly MeasuredTrial[],
  value: (reading: Reading) => number,
): { values: number[]; oneSided: number } {
  const values: number[] = [];
  let oneSided = 0;
  for (const boot of [...new Set(trials.map(({ trial }) => trial.boot))].sort((a, b) => a - b)) {
    const sides = (["up", "down"] as const).flatMap((direction) => {
      const side = trials.filter(({ trial }) => trial.boot === boot && trial.direction === direction);
      return side.length === 0 ? [] : [meanOf(side.map(({ reading }) => value(reading)))];
    });
    if (sides.length === 1) oneSided += 1;
    values.push(meanOf(sides));
  }
  return { values, oneSided };
}
