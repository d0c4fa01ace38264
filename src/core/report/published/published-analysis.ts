import {
  type Analysis,
  type Cell,
  type ComparisonDraft,
  judged,
  type Quantity,
  sameTopic,
} from "../../analysis/analysis.ts";
import { CONFIDENCE } from "../../analysis/within-boots.ts";
import { METRICS } from "../../base/metrics.ts";
import { MEASURES, type ParsedRow, type ParsedTables } from "../../published/audit/parsed-tables.ts";
import type { Measure } from "../../published/published.ts";
import { fieller } from "../../stats/fieller.ts";
import { relativeChange } from "../../stats/mean.ts";
import { ratioOfMeans } from "../../stats/ratio.ts";
import { welch, welchDf } from "../../stats/t-test.ts";
import { DEFAULT_MARGIN } from "../../study/study.ts";

export const NO_RESULTS: Analysis = {
  cells: [],
  comparisons: [],
  failed: [],
  margin: DEFAULT_MARGIN,
  warnings: [],
};

/** Cells with the printed means; the changes and ratios are recomputed from them. */
export function publishedAnalysis(tables: ParsedTables, runs: number | undefined): Analysis {
  const cells = tables.rows.flatMap((read) => cellOf(read, tables, runs) ?? []);
  const drafts = cells.flatMap((cell) =>
    MEASURES.flatMap((metric) =>
      [...new Set([0, cell.level - 1])].flatMap((level) => {
        const base = cells.find((other) => other.level === level && sameTopic(other, cell));
        return base === undefined || cell.level === 0 ? [] : (compare(cell, base, metric) ?? []);
      }),
    ),
  );
  return {
    ...NO_RESULTS,
    cells,
    comparisons: judged(drafts, DEFAULT_MARGIN),
    warnings:
      runs === undefined
        ? ["the number of runs is neither stated nor certain, so no interval can be given"]
        : [
            `intervals rest on ${runs} runs for each mean, which the study does not state: printed p-values and digits agree on it alone`,
            "runs are taken as independent replicates; if they shared one boot of the machines, the intervals are too narrow",
          ],
  };
}

/** Undefined for a row without the headline's mean, which a cell has. */
function cellOf(read: ParsedRow, tables: ParsedTables, runs: number | undefined): Cell | undefined {
  const { row } = read;
  const ground = tables.rows.find(
    ({ row: other }) => other.level === 0 && other.table === row.table && other.platform === row.platform,
  );
  const bases = { before: tables.before(row), ground };
  const [throughput, response] = MEASURES.map((measure) => quantity(measure, read, bases, runs));
  if (throughput === undefined) return undefined;
  return {
    workload: row.workload,
    platform: row.platform,
    resources: row.resources,
    level: row.level,
    throughput,
    ...(response === undefined ? {} : { response }),
    trials: 0,
    doubted: 0,
  };
}

function quantity(
  metric: Measure,
  read: ParsedRow,
  bases: { readonly before: ParsedRow | undefined; readonly ground: ParsedRow | undefined },
  runs: number | undefined,
): Quantity | undefined {
  const scale = 1 / METRICS[metric].factor;
  const own = read[metric].mean;
  if (own === undefined) return undefined;
  const mean = own.value * scale;
  const printed = read[metric].standardError;
  const base = (from: ParsedRow | undefined) => {
    const printedMean = from?.[metric].mean;
    return printedMean === undefined ? undefined : printedMean.value * scale;
  };
  const [below, least] = [base(bases.before), base(bases.ground)];
  return {
    estimate: {
      n: runs ?? 0,
      mean,
      standardError: printed === undefined || runs === undefined ? undefined : printed.value * scale,
    },
    perBoot: [],
    boots: [],
    geometric: [],
    rounding: [],
    changeFromPreviousLevel: below === undefined ? undefined : relativeChange(below, mean),
    ratioToL0: least === undefined ? undefined : mean / least,
    marks: [],
    components: undefined,
  };
}

function compare(cell: Cell, base: Cell, metric: Measure): ComparisonDraft | undefined {
  const [of, to] = [cell[metric]?.estimate, base[metric]?.estimate];
  if (of === undefined || to === undefined) return undefined;
  const estimate = ratioOfMeans(of, to, CONFIDENCE);
  if (estimate === undefined) return undefined;
  const variances = [of, to].map(({ standardError }) => (standardError ?? 0) ** 2);
  const [varianceOf = 0, varianceTo = 0] = variances;
  const bounded = of.standardError !== undefined && to.standardError !== undefined;
  return {
    workload: cell.workload,
    platform: cell.platform,
    resources: cell.resources,
    metric,
    level: cell.level,
    to: base.level,
    estimate,
    fieller: bounded
      ? fieller(
          {
            numerator: { mean: of.mean, variance: varianceOf },
            denominator: { mean: to.mean, variance: varianceTo },
            covariance: 0,
          },
          welchDf(varianceOf * to.mean ** 2, of.n, varianceTo * of.mean ** 2, to.n),
          CONFIDENCE,
        )
      : { kind: "unbounded" },
    tests: { kind: "unrelated", welch: welch(of, to) },
    hedges: undefined,
  };
}
