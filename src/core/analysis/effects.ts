import { blockResidual } from "../stats/block-residual.ts";
import { type Judged, judgedInFamilies } from "../stats/families.ts";
import { meanOf } from "../stats/mean.ts";
import { blockedLogRatio, type RatioEstimate } from "../stats/ratio.ts";
import { type Condition, conditionsOf, type Factors, firstLevelOf } from "../study/settings/condition.ts";
import type { Analysis, Cell } from "./analysis.ts";
import { CONFIDENCE, roundingOf, sumOfBoth } from "./within-boots.ts";

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
  /** For `kept`: the shares of L0's throughput under the first value and the other. */
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
 * a ratio is of geometric means over blocks, its spread from all conditions. Blocks without every condition are left
 * out.
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
    return draftsOf(workload, factors, conditions, blocks.levels);
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

/** Throughput of one level. */
interface Layout {
  /** Logarithms, by block and then by condition. */
  readonly rows: readonly (readonly number[])[];
  /** What rounding adds to the variance, by condition; undefined where that is not known. */
  readonly roundings: readonly (number | undefined)[];
}

function blocksOf(
  cells: readonly Cell[],
  workload: string,
  conditions: readonly Condition[],
): { readonly levels: readonly Layout[]; readonly leftOut: number } {
  const own = cells.filter((cell) => cell.workload === workload);
  const deepest = Math.max(0, ...own.map(({ level }) => level));
  const levels = Array.from({ length: deepest + 1 }, (_, level) => level);
  const boots = [...new Set(own.flatMap(({ throughput }) => throughput.boots))].sort((a, b) => a - b);
  const at = (level: number, name: string) =>
    own.find((one) => one.level === level && one.condition === name)?.throughput;
  const complete = boots.flatMap((boot) => {
    const block = levels.map((level) =>
      conditions.flatMap(({ name }) => {
        const cell = at(level, name);
        const value = cell?.geometric[cell.boots.indexOf(boot)];
        return value === undefined ? [] : [Math.log(value)];
      }),
    );
    return block.every((row) => row.length === conditions.length) ? [block] : [];
  });
  const layouts = levels.map((level): Layout => {
    const cells = conditions.map(({ name }) => at(level, name));
    return {
      rows: complete.map((block) => block[level] ?? []),
      roundings: cells.map((cell) => (cell === undefined ? undefined : roundingOf([cell]))),
    };
  });
  return { levels: complete.length === 0 ? [] : layouts, leftOut: boots.length - complete.length };
}

function draftsOf(
  workload: string,
  factors: Factors,
  conditions: readonly Condition[],
  levels: readonly Layout[],
): readonly Draft[] {
  const changes = Object.entries(factors).flatMap(([factor, [from, ...others]]) =>
    from === undefined ? [] : others.map((to): Change => ({ factor, from, to })),
  );
  const pairs = changes.flatMap((one, at) =>
    changes.slice(at + 1).flatMap((other) => (one.factor === other.factor ? [] : [[one, other]])),
  );
  return [
    ...changes.flatMap((change) =>
      levels.flatMap((_, level) => singleDrafts({ workload, change, level }, conditions, levels)),
    ),
    ...pairs.flatMap((pair) =>
      levels.flatMap((layout, level) => {
        const weights = product(pair.map((change) => weightsOf(change, conditions)));
        const role = roleOf(pair, level);
        const estimate = estimateOf(layout, weights);
        return estimate === undefined || role === "control"
          ? []
          : [{ kind: "interaction" as const, changes: pair, workload, level, role, estimate }];
      }),
    ),
  ];
}

function singleDrafts(
  { workload, change, level }: { readonly workload: string; readonly change: Change; readonly level: number },
  conditions: readonly Condition[],
  levels: readonly Layout[],
): readonly Draft[] {
  const [own, ground] = [levels[level], levels[0]];
  if (own === undefined || ground === undefined) return [];
  const weights = weightsOf(change, conditions);
  const common = { changes: [change], workload, level, role: roleOf([change], level) };
  const shares = sharesOf(own, ground);
  const direct = estimateOf(own, weights);
  const kept = estimateOf(shares, weights);
  const share = (value: string) => {
    const logs = shares.rows.flatMap((row) =>
      conditions.flatMap(({ values }, at) => (values[change.factor] === value ? (row[at] ?? []) : [])),
    );
    return Math.exp(meanOf(logs));
  };
  const drafts: Draft[] = direct === undefined ? [] : [{ kind: "throughput", ...common, estimate: direct }];
  if (kept !== undefined && level > 0) {
    const fromTo = { from: share(change.from), to: share(change.to) };
    drafts.push({ kind: "kept", ...common, estimate: kept, shares: fromTo });
  }
  return drafts;
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

/** For an interaction: what one change does under the other's second value, less what it does under the first. */
function product(all: readonly (readonly number[])[]): readonly number[] {
  const [first = [], ...rest] = all;
  const joint = first.map((weight, at) => rest.reduce((sum, one) => sum * (one[at] ?? 0), weight));
  const positive = joint.filter((weight) => weight > 0).reduce((sum, weight) => sum + weight, 0);
  // Scaled so that it is a difference of differences: two means with weight +1, two with -1.
  return joint.map((weight) => (2 * weight) / positive);
}

/** What a level keeps of L0. */
function sharesOf(own: Layout, ground: Layout): Layout {
  return {
    rows: own.rows.map((row, block) => row.map((log, at) => log - (ground.rows[block]?.[at] ?? 0))),
    roundings: own.roundings.map((one, at) => sumOfBoth(one, ground.roundings[at])),
  };
}

/** The contrast of the conditions, within blocks. */
function estimateOf({ rows, roundings }: Layout, weights: readonly number[]): RatioEstimate | undefined {
  const contrast = (row: readonly number[]) =>
    row.reduce((sum, log, at) => sum + log * (weights[at] ?? 0), 0);
  const squares = weights.map((one) => one ** 2);
  const weight = squares.reduce((sum, one) => sum + one, 0);
  const rounding = roundings
    .map((one, at) => (squares[at] === 0 ? 0 : one === undefined ? undefined : one * (squares[at] ?? 0)))
    .reduce(sumOfBoth, 0);
  const residual = blockResidual(rows);
  return blockedLogRatio({ logs: rows.map(contrast), residual, weight, rounding }, CONFIDENCE);
}
