import { figures, type Section, type Table, table, tableBlocks, words } from "./document.ts";
import type { Change, Effect } from "./effects.ts";
import type { RatioFigure } from "./figure.ts";
import { intervalText, pText, ratioText } from "./figure-text.ts";
import { type Answer, labelled } from "./report.ts";
import type { Condition } from "./settings/condition.ts";
import type { RatioEstimate } from "./stats/ratio.ts";
import { significant } from "./units.ts";

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
function changedBy({ ratio, low, high, standardError }: RatioEstimate): string {
  const sign = ratio <= 1 ? -1 : 1;
  const of = (value: number) => inPercent(sign * (value - 1));
  const [from, to] = ratio <= 1 ? [high, low] : [low, high];
  const interval = standardError === undefined ? "" : ` [${of(from)}, ${of(to)}]`;
  return `${ratio <= 1 ? "loses" : "gains"} ${of(ratio)}%${interval}`;
}

function costText({ level, shares, verdict, estimate }: Effect): string {
  const from = inPercent(1 - (shares?.from ?? 1));
  const to = inPercent(1 - (shares?.to ?? 1));
  const moves = estimate.ratio < 1 ? "grows" : "falls";
  return `L${level}'s cost against L0 ${moves} from ${from}% to ${to}% (${verdict.kind})`;
}

/** To a tenth of a percent: the ends of an interval and its middle read as one. */
function inPercent(share: number): string {
  const text = (share * 100).toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}

function effectFigure(
  change: Change,
  effects: readonly Effect[],
  margin: number,
  label: string | undefined,
): RatioFigure {
  const own = effects.filter((one) => isOf(one, change) && one.kind === "throughput");
  const rows = own.map(({ workload, level, role, estimate, verdict }) => {
    const bounded = estimate.standardError !== undefined;
    return {
      group: workload,
      name: role === "control" ? `L${level} (control)` : `L${level}`,
      ratio: estimate.ratio,
      low: bounded ? estimate.low : undefined,
      high: bounded ? estimate.high : undefined,
      verdict: verdict.kind,
    };
  });
  const alt = own.map(
    (one) => `${one.workload} L${one.level}: ${ratioText(one.estimate)}, ${one.verdict.kind}`,
  );
  return {
    kind: "ratios",
    id: `effect-${change.factor}-${change.to}`.replace(/[^A-Za-z0-9-]/g, "-"),
    title: `What ${changeText(change)} does to throughput`,
    alt: `${alt.join("; ")}.`,
    ...labelled(label),
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
  const tables = [
    effectTable("throughput", "What a factor does to throughput", effects),
    effectTable("kept", "What a factor does to the share of L0's throughput that a level keeps", effects),
    effectTable("interaction", "What two factors do together beyond what each does alone", effects),
    conditionTable(conditions),
  ];
  return {
    id: "effects",
    title: "What the factors do",
    blocks: tableBlocks(...tables),
  };
}

function effectTable(kind: Effect["kind"], title: string, effects: readonly Effect[]): Table | undefined {
  const own = effects.filter((one) => one.kind === kind);
  if (own.length === 0) return undefined;
  return table(
    `effects-${kind}`,
    title,
    [
      words("factor"),
      words("workload"),
      words("D_virt"),
      figures("ratio"),
      figures("95% interval"),
      figures("p (Holm)"),
      words("verdict"),
      words("because"),
    ],
    own.map((one) => [
      one.changes.map(changeText).join(", "),
      one.workload,
      one.role === "control" ? `L${one.level} (control)` : `L${one.level}`,
      significant(one.estimate.ratio, 4),
      intervalText(one.estimate),
      pText(one.holmP),
      one.verdict.kind,
      one.verdict.reason,
    ]),
    footnotes(own),
  );
}

function footnotes(effects: readonly Effect[]): readonly string[] {
  const controls = effects.some(({ role }) => role === "control");
  return [
    `Ratios within boots, over all values of the other factors. p is adjusted over the ${effects.filter(({ holmP }) => holmP !== undefined).length} ratios of this table (Holm).`,
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
  return table(
    "conditions",
    "Conditions, each brought up afresh in every boot",
    [words("condition"), ...factors.map(words)],
    conditions.map(({ index, values }) => [`c${index}`, ...factors.map((factor) => values[factor] ?? "--")]),
  );
}
