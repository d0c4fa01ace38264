import { type Cell, type Quantity, sameTopic } from "../../analysis/analysis.ts";
import { HEADLINE, METRIC_IDS, METRICS, type Metric } from "../../base/metrics.ts";
import { significant } from "../../base/units.ts";
import { type ColumnOf, figures, NO_VALUE, type Table, table, words } from "../../document/document.ts";
import { percent } from "../../document/figure-text.ts";
import { type Behind, LEVEL, WORKLOAD, workloadAtLevel } from "./columns.ts";

/** A cell, or a place in a table that has none and why. */
export type CellOrNone = Cell | MissingCell;

export interface MissingCell {
  readonly platform: string;
  readonly level: number;
  readonly missing: string;
}

export interface ResultTable {
  readonly id: string;
  readonly title: string;
  readonly cells: readonly CellOrNone[];
  readonly of: Behind;
  readonly footnotes?: readonly string[];
}

/** The study's table of one workload under one policy (its tables 5 to 14): one row per platform and level. */
export function resultTable({ cells, of, ...named }: ResultTable): Table {
  const metrics = METRIC_IDS.filter(
    (metric) =>
      metric === HEADLINE || cells.some((cell) => !("missing" in cell) && cell[metric] !== undefined),
  );
  return table(cells, {
    ...named,
    columns: [
      words("Platform", ({ platform }) => platform),
      LEVEL,
      ...metrics.flatMap(quantityColumns),
      figures("boots", (cell) => ("missing" in cell ? undefined : cell.throughput.estimate.n)),
    ],
    of: (cell) => ("missing" in cell ? undefined : of(cell)),
    terminal: "end",
  });
}

function quantityColumns(metric: Metric): readonly ColumnOf<CellOrNone>[] {
  const { title: group, heading, factor } = METRICS[metric];
  const column = (name: string, cell: (quantity: Quantity) => string | undefined) =>
    figures<CellOrNone>(
      name,
      (one) => {
        const quantity = "missing" in one ? undefined : one[metric];
        return quantity && cell(quantity);
      },
      { group },
    );
  return [
    figures<CellOrNone>(
      heading,
      (one) => {
        if (!("missing" in one)) return meanCell(one, metric);
        return metric === HEADLINE ? { text: NO_VALUE, doubt: one.missing } : undefined;
      },
      { group },
    ),
    column("ΔL(n-1)", ({ changeFromPreviousLevel }) => percent(changeFromPreviousLevel, "signed")),
    column("StdErr", ({ estimate: { standardError } }) => {
      return standardError === undefined ? undefined : significant(standardError * factor, 3);
    }),
    column("StdErr %", ({ estimate: { mean, standardError } }) => {
      return percent(standardError === undefined ? undefined : standardError / mean, "plain");
    }),
  ];
}

/** The mean, with what speaks against it. */
function meanCell(cell: Cell, metric: Metric) {
  const quantity = cell[metric];
  if (quantity === undefined) return undefined;
  const { estimate, marks: rules, boots } = quantity;
  const marked = rules.flatMap((marks, index) =>
    marks.length === 0 ? [] : [`boot ${boots[index]} (${marks.join(", ")})`],
  );
  const text = significant(estimate.mean * METRICS[metric].factor, 5);
  const doubts = [
    ...(marked.length === 0 ? [] : [`far from the others, and kept in the figure: ${marked.join("; ")}`]),
    ...(cell.doubted > 0 ? [`rests on ${cell.doubted} doubted trial(s) of ${cell.trials}`] : []),
  ];
  return doubts.length === 0 ? text : { text, doubt: doubts.join("; ") };
}

/** Throughput per CPU, where the levels have different numbers of them; undefined where they do not. */
export function perCpuTable(
  cells: readonly Cell[],
  cpusOf: (cell: Cell) => number | undefined,
  of: Behind,
): Table | undefined {
  const stated = cells.flatMap((cell) => {
    const cpus = cpusOf(cell);
    return cpus === undefined ? [] : [{ ...cell, cpus, each: cell.throughput.estimate.mean / cpus }];
  });
  const known = stated.filter((one) =>
    stated.some((other) => sameTopic(other, one) && other.cpus !== one.cpus),
  );
  if (known.length === 0) return undefined;
  return table(known, {
    id: "per-cpu",
    title: "Throughput per CPU, where the levels have different numbers of CPUs",
    columns: [
      WORKLOAD,
      words("platform", ({ condition, platform }) => condition ?? platform),
      LEVEL,
      figures("CPUs", ({ cpus }) => cpus),
      figures("TPSec", ({ throughput }) => significant(throughput.estimate.mean, 5)),
      figures("ΔL(n-1)", ({ throughput }) => percent(throughput.changeFromPreviousLevel, "signed")),
      figures("TPSec per CPU", ({ each }) => significant(each, 5)),
      figures("ΔL(n-1) per CPU", (one) => {
        const before = known.find((other) => other.level === one.level - 1 && sameTopic(other, one));
        return percent(before === undefined ? undefined : one.each / before.each - 1, "signed");
      }),
    ],
    of,
    terminal: "end",
    footnotes: [
      "A fall in throughput from level to level mixes lost CPUs with lost speed; per CPU only the speed is left, for workloads that use every CPU.",
    ],
  });
}

/** Where the spread comes from, and what it says of how to spend time. */
export function spreadTable(cells: readonly Cell[]): Table | undefined {
  const found = cells.flatMap((cell) => {
    const { components, estimate } = cell.throughput;
    const share = (variance: number) => percent(Math.sqrt(variance) / estimate.mean, "plain");
    return components === undefined ? [] : [{ ...cell, ...components, share }];
  });
  if (found.length === 0) return undefined;
  return table(found, {
    id: "spread",
    title: "Where the spread of throughput comes from",
    columns: [
      words("workload", ({ workload, condition }) =>
        condition === undefined ? workload : `${workload}, ${condition}`,
      ),
      LEVEL,
      figures("boots", ({ boots }) => boots),
      figures("trials", ({ runs }) => runs),
      figures("between boots", ({ share, betweenVariance }) => share(betweenVariance)),
      figures("within a boot", ({ share, withinVariance }) => share(withinVariance)),
      figures("intraclass correlation", (one) => significant(one.intraclassCorrelation, 2)),
    ],
    of: workloadAtLevel,
    footnotes: [
      "Standard deviations in percent of the mean. What differs between boots is not averaged away by more trials in a boot.",
      ...new Set(found.flatMap(({ warnings }) => warnings)),
    ],
  });
}

/** The study's table 4. */
export function keyTable(): Table {
  return table(KEY, {
    id: "key",
    title: "Key to the symbols",
    columns: [words("symbol", ([symbol]) => symbol), words("meaning", ([, meaning]) => meaning)],
  });
}

const KEY: readonly (readonly [string, string])[] = [
  [
    "D_virt",
    "degree of virtualization: L0 no hypervisor below that the study counts, L1 a guest, L2 a guest of a guest",
  ],
  ["TPSec", "transactional throughput, transactions per second"],
  ["Time", "mean response time of a transaction, milliseconds"],
  ["ΔL(n-1)", "relative change from the level below"],
  ["StdErr", "standard error of the mean over boots; StdErr % the same in percent of the mean"],
  [
    "ratio",
    "of the geometric means over boots; within boots where both levels were measured in the same ones",
  ],
];
