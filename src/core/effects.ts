import { type Analysis, type Cell, CONFIDENCE } from "./analysis.ts";
import { type Condition, conditionsOf, type Factors, firstLevelOf } from "./settings/condition.ts";
import { type Judged, judgedInFamilies } from "./stats/families.ts";
import { meanOf } from "./stats/mean.ts";
import { pairedLogRatio, type RatioEstimate } from "./stats/ratio.ts";

/** What one value of a factor does instead of the factor's first, within blocks and over all other factors. */
export interface Effect extends Draft, Judged {}

interface Draft {
  /** `throughput`: of the level; `kept`: of the share of L0's throughput that the level keeps. */
  readonly kind: "throughput" | "kept" | "interaction";
  /** One factor; two for an interaction. */
  readonly changes: readonly Change[];
  readonly workload: string;
  readonly level: number;
  /** `control`: the factor changes no machine that this level stands on, so only chance can show here. */
  readonly role: "effect" | "control";
  readonly estimate: RatioEstimate;
  /** Of `kept`: the shares of L0's throughput under the first value and the other. */
  readonly shares?: { readonly from: number; readonly to: number };
}

export interface Change {
  readonly factor: string;
  readonly from: string;
  readonly to: string;
}

export interface Effects {
  readonly effects: readonly Effect[];
  readonly warnings: readonly string[];
}

/**
 * Effects of a study's factors from the cells of its conditions. Each block gives one value, the difference of the
 * mean logarithms over the conditions on either side, so that what a block does to all of its conditions cancels;
 * a ratio is of geometric means over blocks, with Student's interval. Blocks without every condition are left out.
 */
export function effectsOf(analysis: Analysis, factors: Factors): Effects {
  const conditions = conditionsOf({ factors });
  const workloads = [...new Set(analysis.cells.map(({ workload }) => workload))];
  const warnings = new Set<string>();
  const drafts = workloads.flatMap((workload) => {
    const blocks = blocksOf(analysis.cells, workload, conditions);
    if (blocks.leftOut > 0) {
      warnings.add(
        `${workload}: ${blocks.leftOut} boot(s) lack a condition or a level and are not in the factors' effects`,
      );
    }
    return blocks.complete.length === 0 ? [] : draftsOf(workload, factors, conditions, blocks.complete);
  });
  // Each kind is a family of its own, as it is a table of its own.
  const effects = judgedInFamilies(
    drafts,
    ({ kind }) => kind,
    () => "higher",
    analysis.margin,
  );
  return { effects, warnings: [...warnings] };
}

/** Logarithms of one block's throughput, by level and then by condition. */
type Block = readonly (readonly number[])[];

function blocksOf(
  cells: readonly Cell[],
  workload: string,
  conditions: readonly Condition[],
): { readonly complete: readonly Block[]; readonly leftOut: number } {
  const own = cells.filter((cell) => cell.workload === workload);
  const deepest = Math.max(0, ...own.map(({ level }) => level));
  const levels = Array.from({ length: deepest + 1 }, (_, level) => level);
  const boots = [...new Set(own.flatMap(({ throughput }) => throughput.boots))].sort((a, b) => a - b);
  const complete = boots.flatMap((boot): Block[] => {
    const block = levels.map((level) =>
      conditions.flatMap(({ name }) => {
        const cell = own.find((one) => one.level === level && one.condition === name)?.throughput;
        const value = cell?.geometric[cell.boots.indexOf(boot)];
        return value === undefined ? [] : [Math.log(value)];
      }),
    );
    return block.every((row) => row.length === conditions.length) ? [block] : [];
  });
  return { complete, leftOut: boots.length - complete.length };
}

function draftsOf(
  workload: string,
  factors: Factors,
  conditions: readonly Condition[],
  blocks: readonly Block[],
): readonly Draft[] {
  const changes = Object.entries(factors).flatMap(([factor, [from, ...others]]) =>
    from === undefined ? [] : others.map((to): Change => ({ factor, from, to })),
  );
  const pairs = changes.flatMap((one, at) =>
    changes.slice(at + 1).flatMap((other) => (one.factor === other.factor ? [] : [[one, other]])),
  );
  const levels = blocks[0]?.map((_, level) => level) ?? [];
  return [
    ...changes.flatMap((change) =>
      levels.flatMap((level) => singleDrafts(workload, change, level, conditions, blocks)),
    ),
    ...pairs.flatMap((pair) =>
      levels.flatMap((level) => {
        const weights = product(pair.map((change) => weightsOf(change, conditions)));
        const role = roleOf(pair, level);
        const estimate = estimateOf(blocks.map((block) => contrast(block, level, weights)));
        return estimate === undefined || role === "control"
          ? []
          : [{ kind: "interaction" as const, changes: pair, workload, level, role, estimate }];
      }),
    ),
  ];
}

function singleDrafts(
  workload: string,
  change: Change,
  level: number,
  conditions: readonly Condition[],
  blocks: readonly Block[],
): readonly Draft[] {
  const weights = weightsOf(change, conditions);
  const common = { changes: [change], workload, level, role: roleOf([change], level) };
  const direct = estimateOf(blocks.map((block) => contrast(block, level, weights)));
  const kept = estimateOf(
    blocks.map((block) => contrast(block, level, weights) - contrast(block, 0, weights)),
  );
  const share = (value: string) =>
    Math.exp(
      meanOf(
        blocks.flatMap((block) =>
          conditions.flatMap(({ values }, at) =>
            values[change.factor] === value ? [(block[level]?.[at] ?? 0) - (block[0]?.[at] ?? 0)] : [],
          ),
        ),
      ),
    );
  return [
    ...(direct === undefined ? [] : [{ kind: "throughput" as const, ...common, estimate: direct }]),
    ...(kept === undefined || level === 0
      ? []
      : [
          {
            kind: "kept" as const,
            ...common,
            estimate: kept,
            shares: { from: share(change.from), to: share(change.to) },
          },
        ]),
  ];
}

/** A level stands on its own machine and on all below it. */
function roleOf(changes: readonly Change[], level: number): Effect["role"] {
  return changes.every(({ factor }) => firstLevelOf(factor) <= level) ? "effect" : "control";
}

/** +1 shared among the conditions with the other value, -1 among those with the first, 0 for the rest. */
function weightsOf({ factor, from, to }: Change, conditions: readonly Condition[]): readonly number[] {
  const count = conditions.filter(({ values }) => values[factor] === to).length;
  return conditions.map(({ values }) =>
    values[factor] === to ? 1 / count : values[factor] === from ? -1 / count : 0,
  );
}

/** Of an interaction: what one change does under the other's second value, less what it does under the first. */
function product(all: readonly (readonly number[])[]): readonly number[] {
  const [first = [], ...rest] = all;
  const joint = first.map((weight, at) => rest.reduce((sum, one) => sum * (one[at] ?? 0), weight));
  const positive = joint.filter((weight) => weight > 0).reduce((sum, weight) => sum + weight, 0);
  // Scaled so that it is a difference of differences: two means with weight +1, two with -1.
  return joint.map((weight) => (2 * weight) / positive);
}

function contrast(block: Block, level: number, weights: readonly number[]): number {
  return (block[level] ?? []).reduce((sum, log, at) => sum + log * (weights[at] ?? 0), 0);
}

function estimateOf(logRatios: readonly number[]): RatioEstimate | undefined {
  return pairedLogRatio(
    logRatios.map(Math.exp),
    logRatios.map(() => 1),
    CONFIDENCE,
  );
}
