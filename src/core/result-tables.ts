import { type Cell, type Metric, sameSeries } from "./analysis.ts";
import { figures, type Table, type TableCell, table, words } from "./document.ts";
import { percent } from "./figure-text.ts";
import { significant } from "./units.ts";

/** The study's table of one workload under one policy (its tables 5 to 14): one row per platform and level. */
export function resultTable(id: string, title: string, cells: readonly Cell[]): Table {
  return table(
    id,
    title,
    [
      words("Platform"),
      words("D_virt"),
      ...quantityTitles("Transactional throughput", "TPSec"),
      ...quantityTitles("Mean response time", "Time (ms)"),
      figures("boots"),
    ],
    cells.map((cell) => [
      cell.platform,
      `L${cell.level}`,
      ...quantityCells(cell, "throughput", 1),
      ...quantityCells(cell, "response", 1000),
      String(cell.throughput.estimate.n),
    ]),
  );
}

function quantityTitles(group: string, name: string) {
  return [name, "ΔL(n-1)", "StdErr", "StdErr %"].map((title) => figures(title, group));
}

function quantityCells(cell: Cell, metric: Metric, factor: number): readonly TableCell[] {
  const quantity = cell[metric];
  const { mean, standardError } = quantity.estimate;
  const marked = quantity.marks.flatMap((marks, index) =>
    marks.length === 0 ? [] : [`boot ${quantity.boots[index]} (${marks.join(", ")})`],
  );
  const text = significant(mean * factor, 5);
  const doubts = [
    ...(marked.length === 0 ? [] : [`far from the others, and kept in the figure: ${marked.join("; ")}`]),
    ...(cell.doubted > 0 ? [`rests on ${cell.doubted} doubted trial(s) of ${cell.trials}`] : []),
  ];
  return [
    doubts.length === 0 ? text : { text, doubt: doubts.join("; ") },
    percent(quantity.changeFromPreviousLevel, "signed"),
    standardError === undefined ? "--" : significant(standardError * factor, 3),
    standardError === undefined ? "--" : percent(standardError / mean, "plain"),
  ];
}

/** Throughput per CPU, where the levels have different numbers of them; undefined where they do not. */
export function perCpuTable(
  id: string,
  cells: readonly Cell[],
  cpusOf: (cell: Cell) => number | undefined,
): Table | undefined {
  const stated = cells.flatMap((cell) => {
    const cpus = cpusOf(cell);
    return cpus === undefined ? [] : [{ cell, cpus }];
  });
  const known = stated.filter(({ cell, cpus }) =>
    stated.some((other) => sameSeries(other.cell, cell) && other.cpus !== cpus),
  );
  if (known.length === 0) return undefined;
  const rows = known.map(({ cell, cpus }) => {
    const each = cell.throughput.estimate.mean / cpus;
    const before = known.find(({ cell: other }) => other.level === cell.level - 1 && sameSeries(other, cell));
    const change =
      before === undefined ? undefined : each / (before.cell.throughput.estimate.mean / before.cpus) - 1;
    return [
      cell.workload,
      cell.condition ?? cell.platform,
      `L${cell.level}`,
      String(cpus),
      significant(cell.throughput.estimate.mean, 5),
      percent(cell.throughput.changeFromPreviousLevel, "signed"),
      significant(each, 5),
      percent(change, "signed"),
    ];
  });
  return table(
    id,
    "Throughput per CPU, where the levels have different numbers of CPUs",
    [
      words("workload"),
      words("platform"),
      words("D_virt"),
      figures("CPUs"),
      figures("TPSec"),
      figures("ΔL(n-1)"),
      figures("TPSec per CPU"),
      figures("ΔL(n-1) per CPU"),
    ],
    rows,
    [
      "A fall in throughput from level to level mixes lost CPUs with lost speed; per CPU only the speed is left, for workloads that use every CPU.",
    ],
  );
}

/** Where the spread comes from, and what it says of how to spend time. */
export function spreadTable(cells: readonly Cell[]): Table | undefined {
  const rows = cells.flatMap((cell) => {
    const { components, estimate } = cell.throughput;
    if (components === undefined) return [];
    const share = (variance: number) => percent(Math.sqrt(variance) / estimate.mean, "plain");
    return [
      [
        cell.condition === undefined ? cell.workload : `${cell.workload}, ${cell.condition}`,
        `L${cell.level}`,
        String(components.boots),
        String(components.runs),
        share(components.betweenVariance),
        share(components.withinVariance),
        significant(components.intraclassCorrelation, 2),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return table(
    "spread",
    "Where the spread of throughput comes from",
    [
      words("workload"),
      words("D_virt"),
      figures("boots"),
      figures("trials"),
      figures("between boots"),
      figures("within a boot"),
      figures("intraclass correlation"),
    ],
    rows,
    [
      "Standard deviations in percent of the mean. What differs between boots is not averaged away by more trials in a boot.",
      ...new Set(cells.flatMap((cell) => cell.throughput.components?.warnings ?? [])),
    ],
  );
}

/** The study's table 4. */
export function keyTable(): Table {
  return table(
    "key",
    "Key to the symbols",
    [words("symbol"), words("meaning")],
    [
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
    ],
  );
}
