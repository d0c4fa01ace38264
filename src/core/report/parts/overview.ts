import type { Analysis, Comparison } from "../../analysis/analysis.ts";
import type { Effect } from "../../analysis/effects.ts";
import { matching } from "../../base/matching.ts";
import { HEADLINE } from "../../base/metrics.ts";
import { optional } from "../../base/optional.ts";
import { paragraph, type Section, section } from "../../document/document.ts";
import type { RatioFigure, RatioRow } from "../../document/figure.ts";
import { changeText, roundPercent } from "../../document/figure-text.ts";
import { toneOf } from "../../stats/verdict.ts";
import { type Behind, workloadAtLevel } from "./columns.ts";
import { cpuText } from "./cpu-text.ts";
import { headlineOf, type LevelCost } from "./headline.ts";
import { ratioOf } from "./report-figures.ts";

/** What a person reads first: one sentence, and one picture of everything. */
export interface Overview {
  readonly headline: string;
  readonly figure: RatioFigure;
}

/** What all overviews have. */
export interface OverviewFrame {
  readonly label: string | undefined;
  readonly margin: number;
}

const OVERVIEW = "overview";

/** Every workload at every level against L0; undefined where nothing can be compared. */
export function levelOverview(
  { comparisons, margin }: Analysis,
  { label, of, cpusAt }: Levels,
): Overview | undefined {
  const toGround = comparisons.filter(({ metric, to }) => metric === HEADLINE && to === 0);
  const platforms = [...new Set(toGround.map(({ platform }) => platform))];
  const rows = toGround.map((one) => ({
    group: `${one.workload}${one.condition === undefined ? "" : `, ${one.condition}`}${cpuText(sameSeries(one, toGround), (series, level) => cpusAt(series, one.workload, level))}`,
    name: platforms.length > 1 ? `${one.platform} L${one.level}` : `L${one.level}`,
    ...ratioOf(one),
    ...optional({ of: of(one) }),
  }));
  const headline = platforms.map((name) => {
    const own = headlineOf(toGround.filter(({ platform }) => platform === name).map(levelCost));
    return platforms.length > 1 ? `${name}: ${own}` : own;
  });
  const title = "What each level costs";
  return overview(headline.join(" "), rows, { title, axis: "throughput relative to L0", label, margin });
}

interface Levels {
  readonly label: string | undefined;
  readonly of: Behind;
  /** CPUs that a workload uses at a level; undefined where that is not known. */
  readonly cpusAt: (
    series: Pick<Comparison, "platform">,
    workload: string,
    level: number,
  ) => number | undefined;
}

function sameSeries({ workload, platform, condition }: Comparison, all: readonly Comparison[]) {
  return all.filter(matching({ workload, platform, condition }));
}

export function levelCost({ level, workload, estimate, verdict }: Comparison): LevelCost {
  return { level, workload, ratio: estimate.ratio, verdict: verdict.kind };
}

/** What each other value of a factor does to throughput. */
export function effectOverview(effects: readonly Effect[], frame: OverviewFrame): Overview | undefined {
  const own = effects.filter(
    ({ kind, role, changes }) => kind === "throughput" && role === "effect" && changes.length === 1,
  );
  const nameOf = ({ changes: [change] }: Effect) =>
    change === undefined ? "" : `${change.factor} ${change.to} instead of ${change.from}`;
  const changes = [...new Set(own.map(nameOf))];
  const byChange = changes.flatMap((name) => own.filter((one) => nameOf(one) === name));
  const rows = byChange.map((one) => ({
    group: nameOf(one),
    name: `${one.workload} L${one.level}`,
    ...ratioOf(one),
    of: workloadAtLevel(one),
  }));
  const told = own.filter(({ verdict }) => ["slower", "faster"].includes(toneOf(verdict.kind)));
  const size = ({ estimate }: Effect) => Math.abs(Math.log(estimate.ratio));
  const [largest] = [...told].sort((a, b) => size(b) - size(a));
  const headline =
    largest === undefined
      ? `No factor is shown to change throughput (${own.length} ratios).`
      : `${nameOf(largest)}: ${largest.workload} at L${largest.level} ${largest.estimate.ratio < 1 ? "loses" : "gains"} ${roundPercent(Math.abs(largest.estimate.ratio - 1))} of its throughput, the largest effect shown.`;
  return overview(headline, rows, {
    title: "What each factor does",
    axis: "throughput relative to the first value",
    ...frame,
  });
}

/** Undefined without rows. */
export function overview(
  headline: string,
  rows: readonly RatioRow[],
  { title, axis, label, margin }: OverviewFrame & Pick<RatioFigure, "title" | "axis">,
): Overview | undefined {
  if (rows.length === 0) return undefined;
  const alt = rows.map((row) => `${row.group} ${row.name}: ${changeText(row)}, ${row.verdict}`).join("; ");
  return {
    headline,
    figure: {
      kind: "ratios",
      id: OVERVIEW,
      title,
      alt: `${alt}.`,
      ...optional({ label }),
      axis,
      margin,
      rows,
    },
  };
}

/** The sentence, the picture, and what would settle what is open. */
export function overviewSection(of: Overview | undefined, open?: string): Section | undefined {
  if (of === undefined) return undefined;
  const contents = [paragraph(of.headline), of.figure, open === undefined ? undefined : paragraph(open)];
  return section(OVERVIEW, "In short", contents, "own");
}
