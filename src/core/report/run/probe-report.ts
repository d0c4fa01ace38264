import { significant } from "../../base/units.ts";
import { figures, items, type Section, section, type Table, table, words } from "../../document/document.ts";
import type { PublishedStudy, QuotedFigure } from "../../published/published.ts";
import { median } from "../../stats/median.ts";
import { LEVEL } from "../parts/columns.ts";
import type { TrialRow } from "../parts/report.ts";
import { reportsByLevel } from "./reports-by-level.ts";

/** What one event of a probe costs at a level by itself: medians over its trials, the loop around it taken off. */
export interface ProbeCost {
  readonly probe: string;
  readonly level: number;
  readonly trials: number;
  readonly seconds: number;
  /** Of the loop, which is taken off. */
  readonly loopSeconds: number;
  /** Of the processor's own counter; undefined where a program may not read one. */
  readonly ticks: number | undefined;
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
  return reportsByLevel(trials, "eventMedianSeconds").map(({ workload, level, reports: all }) => ({
    probe: workload,
    level,
    trials: all.length,
    seconds: median(all.map((more) => (more["eventMedianSeconds"] ?? 0) - (more["loopSeconds"] ?? 0))),
    loopSeconds: median(all.map((more) => more["loopSeconds"] ?? 0)),
    ticks: all.every((more) => more["eventMedianTicks"] !== undefined)
      ? median(all.map((more) => (more["eventMedianTicks"] ?? 0) - (more["loopTicks"] ?? 0)))
      : undefined,
  }));
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
  if (below === undefined || below.seconds <= 0) return undefined;
  return `${one.probe}: one at L${one.level} costs ${costText(one)}, ${significant(one.seconds / below.seconds, 3)} times as much as at L${below.level} (${costText(below)})`;
}

function costText({ seconds, ticks }: ProbeCost): string {
  const time = `${significant(seconds * 1e9, 3)} ns`;
  return ticks === undefined ? time : `${time} or ${significant(ticks, 3)} ticks`;
}

function costTable(costs: readonly ProbeCost[]): Table {
  return table(costs, {
    id: "probe-costs",
    title: "One event of each probe",
    columns: [
      words("probe", ({ probe }) => probe),
      LEVEL,
      figures("one event", ({ seconds }) => significant(seconds * 1e9, 4), { group: "ns" }),
      figures("one event", ({ ticks }) => (ticks === undefined ? undefined : significant(ticks, 4)), {
        group: "ticks",
      }),
      figures("the loop", ({ loopSeconds }) => significant(loopSeconds * 1e9, 3), { group: "ns" }),
      figures("of L0", (one) => timesText(one, 0, costs)),
      figures("of the level below", (one) => timesText(one, one.level - 1, costs)),
      figures("trials", ({ trials }) => trials),
    ],
    of: ({ probe, level }) => ({ workload: probe, level }),
    footnotes: [
      "Medians over batches, then over trials; what the loop itself takes is already taken off. Ticks are those of the processor's own counter (tsc, cntvct), which need not be its cycles.",
    ],
  });
}

/** How many times what the probe costs at another level; undefined where that is not known. */
function timesText(one: ProbeCost, level: number, costs: readonly ProbeCost[]): string | undefined {
  const other = costs.find((each) => each.probe === one.probe && each.level === level);
  if (other === undefined || other === one || other.seconds <= 0) return undefined;
  return significant(one.seconds / other.seconds, 3);
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
