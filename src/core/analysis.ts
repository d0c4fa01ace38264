import type { Trial } from "./plan.ts";
import type { Problem } from "./problem.ts";
import type { Condition } from "./settings/condition.ts";
import { type Judged, judgedInFamilies } from "./stats/families.ts";
import { type FiellerSet, fiellerPaired } from "./stats/fieller.ts";
import { type HedgesG, hedgesG } from "./stats/hedges.ts";
import { estimateMean, type MeanEstimate, meanOf, relativeChange } from "./stats/mean.ts";
import { type OutlierRule, outlierMarks } from "./stats/outliers.ts";
import { type ExactTest, permutationTest } from "./stats/permutation.ts";
import { pairedLogRatio, type RatioEstimate, welchLogRatio, widened } from "./stats/ratio.ts";
import { type TTest, welch } from "./stats/t-test.ts";
import { type VarianceComponents, varianceComponents } from "./stats/variance-components.ts";
import type { Reading } from "./workload.ts";

/** A trial that could be read, with the figures it gave. */
export interface MeasuredTrial {
  readonly trial: Pick<Trial, "boot" | "condition" | "direction" | "level" | "workload">;
  readonly reading: Pick<Reading, "throughputPerSecond" | "responseMeanSeconds">;
  /** Whether some guard doubts it; absent where nobody asked one. */
  readonly doubted?: boolean;
}

export interface FailedTrial {
  readonly trial: Trial;
  readonly problem: Problem;
}

/** What the analysis must know of the experiment beside its readings. */
export interface Design {
  readonly platform: string;
  /** The resources policy's name. */
  readonly resources: string;
  readonly workloads: readonly string[];
  /** The deepest level. */
  readonly levels: number;
  /** 0.02: ratios between 1/1.02 and 1.02 count as equivalent. */
  readonly margin: number;
  /** Absent where the study has no factors. */
  readonly conditions?: readonly Condition[];
  /** Where boots were added until the intervals were narrow; absent where their number was fixed beforehand. */
  readonly repetitions?: "until";
}

export type Metric = "throughput" | "response";

/** One workload at one level of one platform: the boot is the unit of replication. */
export interface Cell {
  readonly workload: string;
  readonly platform: string;
  readonly resources: string;
  /** Its name; absent where the study has no factors. */
  readonly condition?: string;
  readonly level: number;
  readonly throughput: Quantity;
  readonly response: Quantity;
  /** How many trials the figures rest on. */
  readonly trials: number;
  /** How many of them are doubted. */
  readonly doubted: number;
}

export interface Quantity {
  /** Per second, or seconds. */
  readonly estimate: MeanEstimate;
  /** One value per boot, in the order of `boots`; empty where only means are known. */
  readonly perBoot: readonly number[];
  readonly boots: readonly number[];
  /**
   * One geometric mean per boot, which the ratios rest on: a drift that is linear in the logarithm then cancels
   * within each boot, where arithmetic means would keep a trace of it.
   */
  readonly geometric: readonly number[];
  readonly changeFromPreviousLevel: number | undefined;
  readonly ratioToL0: number | undefined;
  /** Rules that mark a boot's value as far from the others, for each value; nothing is dropped. */
  readonly marks: readonly (readonly OutlierRule[])[];
  /** Undefined unless there are several boots with several trials each. */
  readonly components: VarianceComponents | undefined;
}

/** One level against one below it. */
export interface Comparison extends ComparisonDraft, Judged {}

/** What is found of a comparison before its family, all of one metric in a report, is known. */
export interface ComparisonDraft {
  readonly workload: string;
  readonly platform: string;
  readonly resources: string;
  readonly condition?: string;
  readonly metric: Metric;
  readonly level: number;
  /** The level it is compared with. */
  readonly to: number;
  /** The headline: within boots where both levels were measured in the same ones. */
  readonly estimate: RatioEstimate;
  /** The same ratio with the boots taken as unrelated. */
  readonly unpaired: RatioEstimate | undefined;
  readonly fieller: FiellerSet;
  /** Welch's t on the two means. */
  readonly test: TTest | undefined;
  readonly permutation: ExactTest;
  readonly hedges: HedgesG | undefined;
}

export interface Analysis {
  readonly cells: readonly Cell[];
  readonly comparisons: readonly Comparison[];
  readonly failed: readonly FailedTrial[];
  readonly margin: number;
  /** Sentences that belong under every table made from this. */
  readonly warnings: readonly string[];
}

/**
 * An interval that was stopped when it was narrow is too narrow on average: of simulated studies with 15 to 20 boots
 * 93 in a hundred held the truth, and with this much more width 94 to 96 (docs/statistics.md).
 */
const STOPPED_WIDENING = 1.04;

const STOPPED_WARNING = `boots were added until the intervals were narrow enough, which makes them too narrow on average; they are ${Math.round((STOPPED_WIDENING - 1) * 100)}% wider for that`;

/** The headline's estimate where its width decided how many boots there are. */
export function afterStopping(estimate: RatioEstimate): RatioEstimate {
  return widened(estimate, STOPPED_WIDENING, STOPPED_WARNING);
}

/** Of every interval. */
export const CONFIDENCE = 0.95;

const BETTER: Readonly<Record<Metric, "higher" | "lower">> = {
  throughput: "higher",
  response: "lower",
};

/**
 * Estimates from readings, in one pass over them. Within a boot the trials of one direction are averaged,
 * then the two directions; each boot counts once.
 */
export function analyse(
  measured: Iterable<MeasuredTrial>,
  failed: readonly FailedTrial[],
  design: Design,
): Analysis {
  const gathered = gather(measured);
  const warnings = new Set<string>();
  const cells: Cell[] = [];
  const conditions: readonly (Condition | undefined)[] = design.conditions ?? [undefined];
  for (const [workload, condition] of design.workloads.flatMap((name) =>
    conditions.map((one) => [name, one] as const),
  )) {
    const found: Cell[] = [];
    const under = condition === undefined ? "" : ` under ${condition.name}`;
    for (let level = 0; level <= design.levels; level++) {
      const boots = gathered.get(cellKey(workload, level, condition?.index));
      if (boots === undefined) {
        warnings.add(`${workload} at L${level}${under}: no trial could be read`);
        continue;
      }
      const oneSided = [...boots.values()].filter(
        (boot) => boot.up.count === 0 || boot.down.count === 0,
      ).length;
      if (oneSided > 0) {
        warnings.add(
          `${workload} at L${level}${under}: ${oneSided} boot(s) were measured in one direction only, so drift does not cancel there`,
        );
      }
      const previous = found.find((cell) => cell.level === level - 1);
      const ground = found.find((cell) => cell.level === 0);
      found.push({
        workload,
        platform: design.platform,
        resources: design.resources,
        ...(condition === undefined ? {} : { condition: condition.name }),
        level,
        throughput: quantity(boots, "throughput", previous, ground),
        response: quantity(boots, "response", previous, ground),
        trials: [...boots.values()].reduce((sum, boot) => sum + boot.up.count + boot.down.count, 0),
        doubted: [...boots.values()].reduce((sum, boot) => sum + boot.up.doubted + boot.down.doubted, 0),
      });
    }
    cells.push(...found);
  }
  for (const warning of [...bootWarnings(cells), ...outlierWarnings(cells)]) warnings.add(warning);
  const comparisons = compareLevels(cells, design);
  return { cells, comparisons, failed, margin: design.margin, warnings: [...warnings] };
}

function bootWarnings(cells: readonly Cell[]): readonly string[] {
  const boots = Math.min(...cells.map((cell) => cell.throughput.estimate.n));
  if (cells.length === 0 || boots >= ENOUGH_BOOTS) return [];
  return [
    boots === 1
      ? "one boot: there is no standard error, and nothing can be said of the spread"
      : `${boots} boots: a standard error on ${boots - 1} degree(s) of freedom is itself very uncertain; differences near it mean nothing`,
  ];
}

/** What the simulated studies of docs/statistics.md showed of such boots. */
function outlierWarnings(cells: readonly Cell[]): readonly string[] {
  const marked = cells.flatMap(({ throughput, response }) =>
    [throughput, response].flatMap(({ marks }) => marks.filter((rules) => rules.length > 0)),
  ).length;
  if (marked === 0) return [];
  return [
    `${marked} value(s) of a boot lie far from the others; they are marked and kept in every figure. Among six ordinary boots one is marked in a quarter of cases. Where trials now and then take twice as long, 95% intervals are too wide and hold the truth about 97 times in a hundred`,
  ];
}

/** The least with which 15 comparisons can be told from chance by an exact test. */
const ENOUGH_BOOTS = 6;

function quantity(
  boots: ReadonlyMap<number, BootReadings>,
  metric: Metric,
  previous: Cell | undefined,
  ground: Cell | undefined,
): Quantity {
  const order = [...boots.keys()].sort((a, b) => a - b);
  const perBoot: number[] = [];
  const geometric: number[] = [];
  const values: (readonly number[])[] = [];
  for (const boot of order) {
    const own = boots.get(boot);
    if (own === undefined) continue;
    const sides = [own.up, own.down].filter((side) => side.count > 0);
    perBoot.push(meanOf(sides.map((side) => side.sums[metric] / side.count)));
    geometric.push(Math.exp(meanOf(sides.map((side) => side.logs[metric] / side.count))));
    values.push(own.values[metric]);
  }
  const estimate = estimateMean(perBoot) ?? { n: 0, mean: Number.NaN, standardError: undefined };
  const before = previous?.[metric].estimate;
  const base = ground?.[metric].estimate;
  return {
    estimate,
    perBoot,
    boots: order,
    geometric,
    changeFromPreviousLevel: before === undefined ? undefined : relativeChange(before.mean, estimate.mean),
    ratioToL0: base === undefined ? undefined : estimate.mean / base.mean,
    marks: outlierMarks(perBoot),
    components: varianceComponents(values),
  };
}

/** Every level against L0 and against the level below it, per workload and metric, with p adjusted per metric. */
function compareLevels(cells: readonly Cell[], { margin, repetitions }: Design): readonly Comparison[] {
  const drafts: ComparisonDraft[] = [];
  for (const metric of ["throughput", "response"] as const) {
    for (const cell of cells) {
      for (const to of new Set([0, cell.level - 1])) {
        const base = cells.find((other) => other.level === to && sameSeries(other, cell));
        const draft = base === undefined || cell.level === 0 ? undefined : compare(cell, base, metric);
        if (draft === undefined) continue;
        drafts.push(repetitions === "until" ? { ...draft, estimate: afterStopping(draft.estimate) } : draft);
      }
    }
  }
  return judged(drafts, margin);
}

/** Whether two cells differ in their level alone. */
export function sameSeries(a: Cell, b: Cell): boolean {
  return (
    a.workload === b.workload &&
    a.platform === b.platform &&
    a.resources === b.resources &&
    a.condition === b.condition
  );
}

/** Verdicts over the whole family of each metric. */
export function judged(drafts: readonly ComparisonDraft[], margin: number): readonly Comparison[] {
  return judgedInFamilies(
    drafts,
    ({ metric }) => metric,
    ({ metric }) => BETTER[metric],
    margin,
  );
}

/** Undefined where a figure is not positive, so that there is no ratio to speak of. */
function compare(cell: Cell, base: Cell, metric: Metric): ComparisonDraft | undefined {
  const [of, to] = [cell[metric], base[metric]];
  const [ofShared, toShared] = pairs(of, to);
  const unpaired = welchLogRatio(of.geometric, to.geometric, CONFIDENCE);
  const paired = pairedLogRatio(ofShared, toShared, CONFIDENCE);
  const estimate = paired ?? unpaired;
  if (estimate === undefined) return undefined;
  return {
    workload: cell.workload,
    platform: cell.platform,
    resources: cell.resources,
    ...(cell.condition === undefined ? {} : { condition: cell.condition }),
    metric,
    level: cell.level,
    to: base.level,
    estimate,
    unpaired,
    fieller: fiellerPaired(ofShared, toShared, CONFIDENCE),
    test: welch(of.estimate, to.estimate),
    permutation: permutationTest(of.geometric.map(Math.log), to.geometric.map(Math.log)),
    hedges: hedgesG(of.perBoot, to.perBoot),
  };
}

/** The geometric means of the boots that both have, in the same order. */
function pairs(of: Quantity, to: Quantity): readonly [number[], number[]] {
  const values = new Map(to.boots.map((boot, index) => [boot, to.geometric[index]]));
  const shared: readonly [number[], number[]] = [[], []];
  of.boots.forEach((boot, index) => {
    const [above, below] = [of.geometric[index], values.get(boot)];
    if (above === undefined || below === undefined) return;
    shared[0].push(above);
    shared[1].push(below);
  });
  return shared;
}

interface Side {
  count: number;
  doubted: number;
  readonly sums: Record<Metric, number>;
  /** Sums of natural logarithms. */
  readonly logs: Record<Metric, number>;
}

interface BootReadings {
  readonly up: Side;
  readonly down: Side;
  readonly values: Record<Metric, number[]>;
}

function cellKey(workload: string, level: number, condition: number | undefined): string {
  return `${condition ?? 0}/${level}/${workload}`;
}

function gather(measured: Iterable<MeasuredTrial>): Map<string, Map<number, BootReadings>> {
  const cells = new Map<string, Map<number, BootReadings>>();
  for (const { trial, reading, doubted } of measured) {
    const key = cellKey(trial.workload, trial.level, trial.condition);
    let boots = cells.get(key);
    if (boots === undefined) {
      boots = new Map();
      cells.set(key, boots);
    }
    let boot = boots.get(trial.boot);
    if (boot === undefined) {
      boot = { up: emptySide(), down: emptySide(), values: { throughput: [], response: [] } };
      boots.set(trial.boot, boot);
    }
    const side = boot[trial.direction];
    side.count += 1;
    side.doubted += doubted === true ? 1 : 0;
    side.sums.throughput += reading.throughputPerSecond;
    side.sums.response += reading.responseMeanSeconds;
    side.logs.throughput += Math.log(reading.throughputPerSecond);
    side.logs.response += Math.log(reading.responseMeanSeconds);
    boot.values.throughput.push(reading.throughputPerSecond);
    boot.values.response.push(reading.responseMeanSeconds);
  }
  return cells;
}

function emptySide(): Side {
  return { count: 0, doubted: 0, sums: { throughput: 0, response: 0 }, logs: { throughput: 0, response: 0 } };
}
