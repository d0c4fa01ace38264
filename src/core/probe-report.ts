import { type Block, figures, type Section, type Table, table, words } from "./document.ts";
import type { PublishedStudy, QuotedFigure } from "./published.ts";
import type { TrialRow } from "./report.ts";
import { median } from "./stats/median.ts";
import { significant } from "./units.ts";

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

/** A figure that a publication states of what a probe measures. */
export interface PublishedCost extends QuotedFigure {
  readonly study: string;
}

/** What publications state of things that probes measure. */
export function publishedCosts(studies: readonly PublishedStudy[]): readonly PublishedCost[] {
  return studies.flatMap(({ name, quoted }) =>
    quoted.flatMap((one) => (one.probe === undefined ? [] : [{ ...one, study: name }])),
  );
}

/** Costs of every probe that trials measured, probe by probe, L0 first. */
export function probeCosts(trials: Iterable<TrialRow>): readonly ProbeCost[] {
  const readings = new Map<
    string,
    { probe: string; level: number; all: Readonly<Record<string, number>>[] }
  >();
  for (const { trial, reading } of trials) {
    if (reading?.more["eventMedianSeconds"] === undefined) continue;
    const key = `${trial.workload} L${trial.level}`;
    const found = readings.get(key) ?? { probe: trial.workload, level: trial.level, all: [] };
    found.all.push(reading.more);
    readings.set(key, found);
  }
  return [...readings.values()]
    .map(({ probe, level, all }) => ({
      probe,
      level,
      trials: all.length,
      seconds: median(all.map((more) => (more["eventMedianSeconds"] ?? 0) - (more["loopSeconds"] ?? 0))),
      loopSeconds: median(all.map((more) => more["loopSeconds"] ?? 0)),
      ticks: all.every((more) => more["eventMedianTicks"] !== undefined)
        ? median(all.map((more) => (more["eventMedianTicks"] ?? 0) - (more["loopTicks"] ?? 0)))
        : undefined,
    }))
    .sort((a, b) => a.probe.localeCompare(b.probe) || a.level - b.level);
}

/** The costs side by side, and what others published of an exit; undefined where no probe was measured. */
export function probeSection(
  costs: readonly ProbeCost[],
  published: readonly PublishedCost[],
): Section | undefined {
  if (costs.length === 0) return undefined;
  const sentences = costs.flatMap((one) => sentenceOf(one, costs) ?? []);
  const beside = published.filter((one) => costs.some(({ probe }) => probe === one.probe));
  const blocks: readonly Block[] = [
    ...(sentences.length === 0 ? [] : [{ kind: "items", items: sentences } as const]),
    { kind: "table", table: costTable(costs) },
    ...(beside.length > 0 ? [{ kind: "table", table: publishedTable(beside) } as const] : []),
  ];
  return { id: "probes", title: "What one event costs by itself", blocks };
}

/** Guests against the level below; of an exit L1 has nothing to be held against, because L0 makes none. */
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
  return table(
    "probe-costs",
    "One event of each probe",
    [
      words("probe"),
      words("D_virt"),
      figures("one event", "ns"),
      figures("one event", "ticks"),
      figures("the loop", "ns"),
      figures("of L0"),
      figures("of the level below"),
      figures("trials"),
    ],
    costs.map((one) => {
      const against = (level: number) => {
        const other = costs.find((each) => each.probe === one.probe && each.level === level);
        return other === undefined || other === one || other.seconds <= 0
          ? "--"
          : significant(one.seconds / other.seconds, 3);
      };
      return [
        one.probe,
        `L${one.level}`,
        significant(one.seconds * 1e9, 4),
        one.ticks === undefined ? "--" : significant(one.ticks, 4),
        significant(one.loopSeconds * 1e9, 3),
        against(0),
        against(one.level - 1),
        String(one.trials),
      ];
    }),
    [
      "Medians over batches, then over trials; what the loop itself takes is already taken off. Ticks are those of the processor's own counter (tsc, cntvct), which need not be its cycles.",
    ],
  );
}

function publishedTable(published: readonly PublishedCost[]): Table {
  return table(
    "published-costs",
    "What publications state of the same events, on other processors",
    [
      words("publication"),
      words("what"),
      words("D_virt"),
      figures("cost"),
      words("unit"),
      words("where"),
      words("standing"),
    ],
    published.map(({ study, what, level, value, unit, source, standing }) => [
      study,
      what,
      level === undefined ? "--" : `L${level}`,
      value,
      unit,
      source,
      standing,
    ]),
    ["Real processors' cycles; to be set beside the ratios above and not beside the ticks."],
  );
}
