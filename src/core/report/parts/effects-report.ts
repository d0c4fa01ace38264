import type { Change, Effect } from "../../analysis/effects.ts";
import { optional } from "../../base/optional.ts";
import { type Section, section, type Table, table, words } from "../../document/document.ts";
import type { RatioFigure } from "../../document/figure.ts";
import { ratioText } from "../../document/figure-text.ts";
import type { RatioEstimate } from "../../stats/ratio.ts";
import type { Condition } from "../../study/settings/condition.ts";
import { adjustedNote, JUDGED, WORKLOAD, workloadAtLevel } from "./columns.ts";
import type { Answer } from "./report.ts";
import { ratioOf } from "./report-figures.ts";

/** A sentence for each other value of a factor and each workload; the value's picture stands with its first. */
export function effectAnswers(
  effects: readonly Effect[],
  margin: number,
  label: string | undefined,
): readonly Answer[] {
  return changesOf(effects).flatMap((change) => {
    const own = effects.filter((one) => isOf(one, change) && one.role === "effect");
    const workloads = [...new Set(own.map(({ workload }) => workload))];
    return workloads.map((workload, at) => ({
      workload,
      sentence: `${changeText(change)}: ${clauses(workload, own)}`,
      figure: at === 0 ? effectFigure(change, effects, margin, label) : undefined,
    }));
  });
}

function changesOf(effects: readonly Effect[]): readonly Change[] {
  const found = new Map<string, Change>();
  for (const { changes } of effects) for (const change of changes) found.set(changeText(change), change);
  return [...found.values()];
}

function isOf({ changes }: Effect, { factor, to }: Change): boolean {
  const [only, other] = changes;
  return other === undefined && only?.factor === factor && only.to === to;
}

/** `thp never instead of always`. */
function changeText({ factor, from, to }: Change): string {
  return `${factor} ${to} instead of ${from}`;
}

/** `cpu at L1 loses 3.1% [2, 4.2] of its throughput (slower), and L1's cost against L0 grows …; at L2 …`. */
function clauses(workload: string, effects: readonly Effect[]): string {
  const of = (kind: Effect["kind"]) =>
    effects.filter((one) => one.kind === kind && one.workload === workload);
  return of("throughput")
    .map((one, at) => {
      const kept = of("kept").find(({ level }) => level === one.level);
      const subject = at === 0 ? `${workload} at L${one.level}` : `at L${one.level} it`;
      const cost = kept === undefined ? "" : `, and ${costText(kept)}`;
      return `${subject} ${changedBy(one.estimate)} of its throughput (${one.verdict.kind})${cost}`;
    })
    .join("; ");
}

/** `loses 3.1% [2.0, 4.2]`: the interval in percent, in the direction of the figure. */
function changedBy(estimate: RatioEstimate): string {
  const { ratio, low, high, standardError } = estimate;
  const sign = ratio <= 1 ? -1 : 1;
  const decimals = tellingDecimals(estimate);
  const of = (value: number) => inPercent(sign * (value - 1), decimals);
  const [from, to] = ratio <= 1 ? [high, low] : [low, high];
  const interval = standardError === undefined ? "" : ` [${of(from)}, ${of(to)}]`;
  return `${ratio <= 1 ? "loses" : "gains"} ${of(ratio)}%${interval}`;
}

function costText({ level, shares, verdict, estimate }: Effect): string {
  const decimals = tellingDecimals(estimate);
  const from = inPercent(1 - (shares?.from ?? 1), decimals);
  const to = inPercent(1 - (shares?.to ?? 1), decimals);
  const moves = estimate.ratio < 1 ? "grows" : "falls";
  return `L${level}'s cost against L0 ${moves} from ${from}% to ${to}% (${verdict.kind})`;
}

function inPercent(share: number, decimals: number): string {
  const text = (share * 100).toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

const MOST_DECIMALS = 5;

/** Decimals of a percentage: one, and more where the interval is narrow, so that its ends and its middle can be told apart. */
function tellingDecimals({ low, high, standardError }: RatioEstimate): number {
  const width = 100 * (high - low);
  if (standardError === undefined || !(width > 0)) return 1;
  return Math.min(MOST_DECIMALS, Math.max(1, 1 + Math.ceil(-Math.log10(width))));
}

function effectFigure(
  change: Change,
  effects: readonly Effect[],
  margin: number,
  label: string | undefined,
): RatioFigure {
  const own = effects.filter((one) => isOf(one, change) && one.kind === "throughput");
  const rows = own.map((one) => ({
    group: one.workload,
    name: levelText(one),
    ...ratioOf(one),
    of: workloadAtLevel(one),
  }));
  const alt = own.map(
    (one) => `${one.workload} L${one.level}: ${ratioText(one.estimate)}, ${one.verdict.kind}`,
  );
  return {
    kind: "ratios",
    id: `effect-${change.factor}-${change.to}`.replace(/[^A-Za-z0-9-]/g, "-"),
    title: `What ${changeText(change)} does to throughput`,
    alt: `${alt.join("; ")}.`,
    ...optional({ label }),
    axis: `throughput with ${change.factor} ${change.to} relative to ${change.from}`,
    margin,
    rows,
  };
}

/** The conditions, and what each factor does: to throughput, to what a level costs, and two at a time. */
export function effectSection(
  conditions: readonly Condition[],
  effects: readonly Effect[],
): Section | undefined {
  if (conditions.length === 0) return undefined;
  return section("effects", "What the factors do", [
    effectTable("throughput", effects),
    effectTable("kept", effects),
    effectTable("interaction", effects),
    conditionTable(conditions),
  ]);
}

const EFFECT_TABLES: Readonly<Record<Effect["kind"], Pick<Table, "title" | "terminal">>> = {
  throughput: { title: "What a factor does to throughput", terminal: "end" },
  kept: {
    title: "What a factor does to the share of L0's throughput that a level keeps",
    terminal: "end",
  },
  interaction: { title: "What two factors do together beyond what each does alone", terminal: "never" },
};

function effectTable(kind: Effect["kind"], effects: readonly Effect[]): Table | undefined {
  const own = effects.filter((one) => one.kind === kind);
  if (own.length === 0) return undefined;
  return table(own, {
    id: `effects-${kind}`,
    ...EFFECT_TABLES[kind],
    columns: [
      words("factor", ({ changes }) => changes.map(changeText).join(", ")),
      WORKLOAD,
      words("D_virt", levelText),
      ...JUDGED,
    ],
    of: workloadAtLevel,
    footnotes: footnotes(own),
  });
}

/** A control is told apart, as only chance can show there. */
function levelText({ level, role }: Effect): string {
  return role === "control" ? `L${level} (control)` : `L${level}`;
}

function footnotes(effects: readonly Effect[]): readonly string[] {
  const controls = effects.some(({ role }) => role === "control");
  return [
    `Ratios within boots, over all values of the other factors. ${adjustedNote(effects, "ratios")}`,
    ...(controls
      ? [
          "A control stands on no machine that the factor changes: what shows there is chance or a disturbance.",
        ]
      : []),
    ...new Set(effects.flatMap(({ estimate }) => estimate.warnings)),
  ];
}

function conditionTable(conditions: readonly Condition[]): Table {
  const factors = Object.keys(conditions[0]?.values ?? {});
  return table(conditions, {
    id: "conditions",
    title: "Conditions, each brought up afresh in every boot",
    columns: [
      words("condition", ({ index }) => `c${index}`),
      ...factors.map((factor) => words<Condition>(factor, ({ values }) => values[factor])),
    ],
    terminal: "end",
  });
}
