import { levelRatio, levelResidual, type PerBoot, roundingVariance } from "../../analysis/within-boots.ts";
import { significant } from "../../base/units.ts";
import {
  type ColumnOf,
  figures,
  items,
  type Section,
  section,
  type Table,
  table,
  words,
} from "../../document/document.ts";
import { intervalText, ratioText } from "../../document/figure-text.ts";
import type { PublishedStudy, QuotedFigure } from "../../published/published.ts";
import { estimateMean, type MeanEstimate, meanOf } from "../../stats/mean.ts";
import { median } from "../../stats/median.ts";
import type { RatioEstimate } from "../../stats/ratio.ts";
import { LEVEL } from "../parts/columns.ts";
import type { TrialRow } from "../parts/report.ts";
import { type Reported, reportsByLevel } from "./reports-by-level.ts";

/** What one event of a probe costs at a level by itself, the loop around it taken off. The boot is the unit. */
export interface ProbeCost {
  readonly probe: string;
  readonly level: number;
  readonly seconds: MeanEstimate;
  /** Of the loop, which is taken off. */
  readonly loopSeconds: number;
  /** Of the processor's own counter; undefined where a program may not read one. */
  readonly ticks: number | undefined;
  /** How many times what it costs at L0 and at the level below, within boots; none where a cost is not above 0. */
  readonly ratios: readonly { readonly to: number; readonly estimate: RatioEstimate }[];
}

/** A figure that a publication states of what a probe measures, or of an exit. */
export interface PublishedCost extends QuotedFigure {
  readonly study: string;
}

/** What publications state of things that probes measure, and of exits. */
export function publishedCosts(studies: readonly PublishedStudy[]): readonly PublishedCost[] {
  return studies.flatMap(({ name, quoted }) =>
    quoted
      .filter(({ probe, event }) => probe !== undefined || event !== undefined)
      .map((one) => ({ ...one, study: name })),
  );
}

/** Costs of every probe that trials measured, probe by probe, L0 first. */
export function probeCosts(trials: Iterable<TrialRow>): readonly ProbeCost[] {
  const cells = reportsByLevel(trials, "eventMedianSeconds").map((cell) => ({
    ...cell,
    logs: perBootOf(cell.rows),
  }));
  return cells.flatMap(({ workload, level, rows, logs }) => {
    const seconds = estimateMean(bootMeans(rows, costOf));
    if (seconds === undefined) return [];
    const levels = cells.filter((other) => other.workload === workload);
    const residual = levelResidual(levels.map((other) => other.logs));
    const ratios = [...new Set([0, level - 1])].flatMap((to) => {
      const base = levels.find((other) => other.level === to && to < level);
      const estimate = base && levelRatio(logs, base.logs, residual);
      return estimate === undefined ? [] : [{ to, estimate }];
    });
    const ticks = estimateMean(
      bootMeans(rows, ({ more }) => (more["eventMedianTicks"] ?? Number.NaN) - (more["loopTicks"] ?? 0)),
    );
    return [
      {
        probe: workload,
        level,
        seconds,
        loopSeconds: median(rows.map(({ more }) => more["loopSeconds"] ?? 0)),
        ticks: Number.isFinite(ticks?.mean) ? ticks?.mean : undefined,
        ratios,
      },
    ];
  });
}

function costOf({ more }: Reported): number {
  return (more["eventMedianSeconds"] ?? 0) - (more["loopSeconds"] ?? 0);
}

/** In the order of boots: trials of one direction are averaged first, then the two. */
function bootMeans(rows: readonly Reported[], of: (one: Reported) => number): readonly number[] {
  return bootsOf(rows).map((boot) => {
    const own = rows.filter(({ trial }) => trial.boot === boot);
    const sides = (["up", "down"] as const).map((way) => own.filter(({ trial }) => trial.direction === way));
    return meanOf(sides.filter(({ length }) => length > 0).map((side) => meanOf(side.map(of))));
  });
}

function bootsOf(rows: readonly Reported[]): readonly number[] {
  return [...new Set(rows.map(({ trial }) => trial.boot))].sort((a, b) => a - b);
}

/** Costs as every ratio takes them; what is not above 0 has no logarithm, and its boot no ratio. */
function perBootOf(rows: readonly Reported[]): PerBoot {
  const rounding = (one: Reported) =>
    roundingVariance(costOf(one), one.more["eventStepSeconds"]) ?? Number.NaN;
  const roundings = bootMeans(rows, rounding);
  return {
    boots: bootsOf(rows),
    geometric: bootMeans(rows, (one) => Math.log(costOf(one))).map(Math.exp),
    rounding: roundings.every(Number.isFinite) ? roundings : [],
  };
}

/** The costs side by side, and what others published of an exit; undefined where no probe was measured. */
export function probeSection(
  costs: readonly ProbeCost[],
  published: readonly PublishedCost[],
): Section | undefined {
  if (costs.length === 0) return undefined;
  const sentences = costs.flatMap((one) => sentenceOf(one, costs) ?? []);
  const beside = published.filter((one) => costs.some(({ probe }) => probe === one.probe));
  return section("probes", "What one event costs by itself", [
    sentences.length === 0 ? undefined : items(sentences),
    costTable(costs),
    beside.length === 0 ? undefined : publishedTable(beside),
  ]);
}

/** A guest compared with the level below. L0 makes no exits, so at L1 nothing can be said of them. */
function sentenceOf(one: ProbeCost, costs: readonly ProbeCost[]): string | undefined {
  const below = costs.find(({ probe, level }) => probe === one.probe && level === one.level - 1);
  const estimate = ratioTo(one, one.level - 1);
  if (below === undefined || estimate === undefined) return undefined;
  return `${one.probe}: one at L${one.level} costs ${costText(one)}, ${ratioText(estimate)} times as much as at L${below.level} (${costText(below)})`;
}

function ratioTo({ ratios }: ProbeCost, level: number): RatioEstimate | undefined {
  return ratios.find(({ to }) => to === level)?.estimate;
}

function costText({ seconds, ticks }: ProbeCost): string {
  const time = `${significant(seconds.mean * 1e9, 3)} ns`;
  return ticks === undefined ? time : `${time} or ${significant(ticks, 3)} ticks`;
}

function costTable(costs: readonly ProbeCost[]): Table {
  return table(costs, {
    id: "probe-costs",
    title: "One event of each probe",
    columns: [
      words("probe", ({ probe }) => probe),
      LEVEL,
      figures("one event", ({ seconds }) => significant(seconds.mean * 1e9, 4), { group: "ns" }),
      figures(
        "StdErr",
        ({ seconds: { standardError } }) =>
          standardError === undefined ? undefined : significant(standardError * 1e9, 3),
        { group: "ns" },
      ),
      figures("the loop", ({ loopSeconds }) => significant(loopSeconds * 1e9, 3), { group: "ns" }),
      figures("one event", ({ ticks }) => (ticks === undefined ? undefined : significant(ticks, 4)), {
        group: "ticks",
      }),
      ...timesColumns("times L0's", () => 0),
      ...timesColumns("times that of the level below", ({ level }) => level - 1),
      figures("boots", ({ seconds }) => seconds.n),
    ],
    of: ({ probe, level }) => ({ workload: probe, level }),
    footnotes: [
      "Medians over a trial's batches, then means over boots; what the loop itself takes is already taken off. Ratios are of geometric means within boots, with 95% intervals. Ticks are those of the processor's own counter (tsc, cntvct), which need not be its cycles.",
      ...new Set(costs.flatMap(({ ratios }) => ratios.flatMap(({ estimate }) => estimate.warnings))),
    ],
  });
}

function timesColumns(group: string, to: (one: ProbeCost) => number): readonly ColumnOf<ProbeCost>[] {
  const column = (title: string, text: (estimate: RatioEstimate) => string) =>
    figures<ProbeCost>(
      title,
      (one) => {
        const estimate = ratioTo(one, to(one));
        return estimate && text(estimate);
      },
      { group },
    );
  return [column("ratio", ({ ratio }) => significant(ratio, 3)), column("95% interval", intervalText)];
}

function publishedTable(published: readonly PublishedCost[]): Table {
  return table(published, {
    id: "published-costs",
    title: "What publications state of the same events, on other processors",
    columns: [
      words("publication", ({ study }) => study),
      words("what", ({ what }) => what),
      words("D_virt", ({ level }) => (level === undefined ? undefined : `L${level}`)),
      figures("cost", ({ value }) => value),
      words("unit", ({ unit }) => unit),
      words("where", ({ source }) => source),
      words("standing", ({ standing }) => standing),
    ],
    footnotes: ["Real processors' cycles; to be set beside the ratios above and not beside the ticks."],
  });
}
