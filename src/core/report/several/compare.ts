import type { Cell, Comparison } from "../../analysis/analysis.ts";
import { matching } from "../../base/matching.ts";
import { HEADLINE } from "../../base/metrics.ts";
import { optional } from "../../base/optional.ts";
import { groundText } from "../../base/timing.ts";
import {
  type ColumnOf,
  figures,
  items,
  present,
  section,
  type Table,
  table,
} from "../../document/document.ts";
import type { RatioFigure } from "../../document/figure.ts";
import { ratioText } from "../../document/figure-text.ts";
import { answerSection } from "../parts/answers.ts";
import { LEVEL, WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import { type Overview, type OverviewFrame, overview, overviewSection } from "../parts/overview.ts";
import type { Answer, Report } from "../parts/report.ts";
import { ratioOf } from "../parts/report-figures.ts";
import {
  type Change,
  type Compared,
  changeSection,
  changesBetween,
  runBehind,
  workloadsOf,
} from "./changes.ts";
import { changeOverview } from "./compare-overview.ts";

/** One platform under one policy of one report: a column of a comparison. */
interface ComparedColumn extends Pick<Cell, "platform" | "resources" | "condition"> {
  readonly name: string;
  readonly report: Compared;
}

export interface ReportComparison {
  readonly report: Report;
  readonly changes: readonly Change[];
}

/**
 * Reports side by side: what each level costs relative to its own L0 always, figures against figures only
 * where the facts are the same. The first report is the one that the others are compared with.
 */
export function compareReports(reports: readonly Report[], margin: number): ReportComparison {
  const named = reports.map((report) => ({ ...report, name: report.subject.id }));
  const series = named.flatMap((report, index) => seriesOf(report, index, named));
  const workloads = workloadsOf(named);
  // One label stands over all of them, so it is that of the report whose figures say least.
  const unlike =
    reports.find(({ timing }) => timing !== "wall") ?? reports.find(({ hardware }) => hardware !== "real");
  const answers = workloads.map((workload) => answerFor(workload, series, margin, unlike?.label));
  const { changes, notes } = changesBetween(named, margin);
  const first =
    changeOverview(changes, { label: unlike?.label, margin }) ??
    sideBySide(workloads, series, { label: unlike?.label, margin });
  const names = named.map(({ name }) => name);
  return {
    changes,
    report: {
      subject: { kind: "comparison", id: `compare-${names.join("-")}`.slice(0, 100), of: names },
      title: names.join(" against "),
      hardware: unlike?.hardware ?? "real",
      timing: unlike?.timing ?? "wall",
      ...optional({ label: unlike?.label }),
      ...optional({ overview: first }),
      answers,
      sections: present([
        overviewSection(first),
        answerSection(answers),
        section("relative", "What each level keeps of its own L0", [relativeTable(workloads, series)]),
        changeSection(changes, "Against the first"),
        section("notes", "Not compared, and why", [items(notes)], "own"),
      ]),
      analysis: {
        cells: series.flatMap(cellsOf),
        comparisons: series.flatMap(comparisonsOf),
        failed: [],
        margin,
        warnings: [],
      },
      trials: [],
      notes,
    },
  };
}

function seriesOf(report: Compared, index: number, all: readonly Compared[]): readonly ComparedColumn[] {
  const seen = new Map<string, ComparedColumn>();
  const name = all.some((other, at) => at !== index && other.name === report.name)
    ? `${report.name} (${index + 1})`
    : report.name;
  const keyOf = ({ platform, resources, condition }: Cell) =>
    condition === undefined ? `${platform}, ${resources}` : `${platform}, ${resources}, ${condition}`;
  const found = new Set(report.analysis.cells.map(keyOf));
  for (const cell of report.analysis.cells) {
    const { platform, resources, condition } = cell;
    const key = keyOf(cell);
    const kind = report.hardware === "real" ? "" : ` [${groundText(report).replace(" hardware", "")}]`;
    const full = found.size > 1 ? `${name}: ${key}${kind}` : `${name}${kind}`;
    if (seen.has(key)) continue;
    seen.set(key, { name: full, report, platform, resources, ...optional({ condition }) });
  }
  return [...seen.values()];
}

function cellsOf({ report, platform, resources, condition }: ComparedColumn): readonly Cell[] {
  return report.analysis.cells.filter(matching({ platform, resources, condition }));
}

function comparisonsOf({ report, platform, resources, condition }: ComparedColumn): readonly Comparison[] {
  const own = { platform, resources, condition, metric: HEADLINE } as const;
  return report.analysis.comparisons.filter(matching(own));
}

function toGround(series: ComparedColumn, workload: string): readonly Comparison[] {
  return comparisonsOf(series).filter((one) => one.workload === workload && one.to === 0);
}

function answerFor(
  workload: string,
  series: readonly ComparedColumn[],
  margin: number,
  label: string | undefined,
): Answer {
  const rows = series.flatMap((one) => toGround(one, workload).map((found) => ({ ...found, series: one })));
  const deepest = Math.max(0, ...rows.map(({ level }) => level));
  const parts = rows
    .filter(({ level }) => level === deepest)
    .map(({ estimate, series: { name } }) => `${ratioText(estimate)} in ${name}`);
  const figure: RatioFigure = {
    kind: "ratios",
    id: `${workload}-ratios`,
    title: `What each layer leaves of ${workload}`,
    alt: `${rows.map((row) => `${row.series.name} L${row.level}: ${ratioText(row.estimate)}`).join("; ")}.`,
    ...optional({ label }),
    axis: "throughput relative to its own L0",
    margin,
    rows: rows.map((row) => ({ group: row.series.name, name: `L${row.level} to L0`, ...ratioOf(row) })),
  };
  return {
    workload,
    sentence: `${workload}: L${deepest} keeps of its own L0 ${parts.join(", ") || "nothing that could be read"}`,
    figure: rows.length === 0 ? undefined : figure,
  };
}

/** What each keeps of its own L0 at its deepest level, where nothing may be divided. */
function sideBySide(
  workloads: readonly string[],
  series: readonly ComparedColumn[],
  frame: OverviewFrame,
): Overview | undefined {
  const rows = workloads.flatMap((workload) =>
    series.flatMap((one) => {
      const own = toGround(one, workload);
      const deepest = own.find(({ level }) => level === Math.max(...own.map((each) => each.level)));
      if (deepest === undefined) return [];
      return [{ group: workload, name: `${one.name} L${deepest.level}`, ...ratioOf(deepest) }];
    }),
  );
  const headline = "These are not divided by each other. Each keeps so much of its own L0's throughput:";
  const axis = "throughput relative to its own L0";
  return overview(headline, rows, { title: "What the deepest level keeps of its own L0", axis, ...frame });
}

function relativeTable(workloads: readonly string[], series: readonly ComparedColumn[]): Table {
  const rows = workloads.flatMap((workload) => {
    const levels = series.flatMap((one) => toGround(one, workload).map(({ level }) => level));
    return [...new Set(levels)].sort().map((level) => ({ workload, level }));
  });
  return table(rows, {
    id: "relative",
    title: "Throughput relative to the same machine's L0, with 95% intervals",
    columns: [WORKLOAD, LEVEL, ...series.map(seriesColumn)],
    of: workloadAtLevel,
    terminal: "end",
  });
}

function seriesColumn(
  series: ComparedColumn,
): ColumnOf<{ readonly workload: string; readonly level: number }> {
  return figures(
    series.name,
    ({ workload, level }) => {
      const found = toGround(series, workload).find((one) => one.level === level);
      return found && ratioText(found.estimate);
    },
    optional({ of: runBehind(series.report) }),
  );
}
