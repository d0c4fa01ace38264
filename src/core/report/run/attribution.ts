import type { Analysis } from "../../analysis/analysis.ts";
import { HEADLINE } from "../../base/metrics.ts";
import type { Timing } from "../../base/timing.ts";
import { significant } from "../../base/units.ts";
import { figures, items, type Section, section, type Table, table, words } from "../../document/document.ts";
import { EXIT_KINDS } from "../../machine/kvm-work.ts";
import { LEVEL, WORKLOAD, workloadAtLevel } from "../parts/columns.ts";
import type { TrialRow } from "../parts/report.ts";

/** One workload at one level as KVM at one hosting level saw it, summed over the trials that were measured. */
export interface Attribution {
  readonly workload: string;
  readonly level: number;
  readonly host: number;
  readonly trials: number;
  readonly transactions: number;
  /** Between the snapshots, by the host's clock: the workload's start and end are in it. */
  readonly seconds: number;
  readonly counts: ReadonlyMap<string, number>;
}

export function attributions(trials: Iterable<TrialRow>): readonly Attribution[] {
  const found = new Map<string, Attribution & { readonly counts: Map<string, number> }>();
  for (const { trial, reading, seconds, kvm } of trials) {
    if (reading === undefined) continue;
    const transactions =
      reading.more["events"] ?? reading.metrics[HEADLINE] * (reading.more["elapsedSeconds"] ?? seconds);
    for (const { level: host, counts } of kvm) {
      const key = `${trial.workload}\0${trial.level}\0${host}`;
      const old = found.get(key);
      const sums = old?.counts ?? new Map<string, number>();
      for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
      found.set(key, {
        workload: trial.workload,
        level: trial.level,
        host,
        trials: (old?.trials ?? 0) + 1,
        transactions: (old?.transactions ?? 0) + transactions,
        seconds: (old?.seconds ?? 0) + seconds,
        counts: sums,
      });
    }
  }
  return [...found.values()].sort(
    (a, b) => a.workload.localeCompare(b.workload) || a.level - b.level || a.host - b.host,
  );
}

/** What the exits were beside what the level costs; undefined where no level's KVM could be read. */
export function attributionSection(
  found: readonly Attribution[],
  analysis: Pick<Analysis, "comparisons">,
  timing: Timing,
): Section | undefined {
  if (found.length === 0) return undefined;
  return section("attribution", "What the layers did: exits that KVM counted", [
    items(sentences(found, analysis)),
    exitTable(found, timing),
    sumTable(found),
  ]);
}

/** Per workload and level: how often the guest left its processor for a transaction, and mostly why. */
function sentences(
  found: readonly Attribution[],
  { comparisons }: Pick<Analysis, "comparisons">,
): readonly string[] {
  const levels = found.filter((one) => one.host === 0);
  return levels.map((ground) => {
    const own = found.filter((one) => sameTrials(one, ground));
    const cost = comparisons.find(
      (one) =>
        one.metric === HEADLINE &&
        one.workload === ground.workload &&
        one.level === ground.level &&
        one.to === 0,
    );
    const costs =
      cost === undefined ? "" : `, which runs at ${significant(cost.estimate.ratio, 3)} of L0's throughput,`;
    const [first] = kindsOf(ground);
    const why =
      first === undefined
        ? ""
        : `; most often for ${EXIT_KINDS[first.name]} (${first.name}, ${percentText(first.share)})`;
    const [multiplication] = own.flatMap((one) => multiplicationOf(one, own) ?? []);
    const times =
      multiplication === undefined || ground.level < 2
        ? ""
        : `; one exit of L${ground.level} became ${significant(multiplication, 3)} at L0`;
    return `${ground.workload} at L${ground.level}${costs} made ${perTransaction(ground, "exits")} exits per transaction at L0${why}${times}`;
  });
}

function exitTable(found: readonly Attribution[], timing: Timing): Table {
  return table(found, {
    id: "exits",
    title: "Exits that KVM counted during trials",
    columns: [
      WORKLOAD,
      LEVEL,
      words("counted at", ({ host }) => `L${host}`),
      // The host's seconds say nothing of a machine that has its own.
      ...(timing === "wall"
        ? [
            figures<Attribution>("exits/s", (one) =>
              significant((one.counts.get("exits") ?? 0) / one.seconds, 3),
            ),
          ]
        : []),
      figures("exits", (one) => perTransaction(one, "exits"), { group: "per transaction" }),
      figures(
        "nested entries",
        (one) => (one.level - one.host < 2 ? undefined : perTransaction(one, "nested_run")),
        { group: "per transaction" },
      ),
      figures("multiplication", (one) => multiplicationText(one, found)),
      words("most often", mostOften),
    ],
    of: workloadAtLevel,
    footnotes: [
      "From KVM's counters on each hosting level, read before and after each trial, so the workload's own start and end are in them. Multiplication: exits at that level for each exit of the measured guest. Shares are of that level's exits; kinds overlap (device access by memory is an emulated instruction too).",
      "An exit that goes with a slowdown need not be its cause.",
    ],
  });
}

function multiplicationText(one: Attribution, found: readonly Attribution[]): string | undefined {
  const own = found.filter((other) => sameTrials(other, one));
  const multiplication = multiplicationOf(one, own);
  return multiplication === undefined ? undefined : significant(multiplication, 3);
}

function mostOften(one: Attribution): string | undefined {
  const kinds = kindsOf(one).slice(0, 3);
  return kinds.length === 0
    ? undefined
    : kinds.map(({ name, share }) => `${name} ${percentText(share)}`).join(", ");
}

/** Every exit of a guest's guest is an entry again: L0 must have counted what L1 did. */
function sumTable(found: readonly Attribution[]): Table | undefined {
  const sums = found.flatMap((one) => {
    const inner = found.find((other) => sameTrials(other, one) && other.host === one.host + 1);
    const [entries, exits] = [one.counts.get("nested_run"), inner?.counts.get("exits")];
    return entries === undefined || exits === undefined ? [] : [{ ...one, entries, exits }];
  });
  if (sums.length === 0) return undefined;
  return table(sums, {
    id: "exits-add-up",
    title:
      "Do the counters add up? Entries that a level made for its guest's guest against that guest's own exits",
    columns: [
      WORKLOAD,
      LEVEL,
      words("nested entries", ({ entries, host }) => `${entries} at L${host}`),
      words("exits", ({ exits, host }) => `${exits} at L${host + 1}`),
      figures("ratio", ({ entries, exits }) => significant(entries / exits, 3)),
    ],
    of: workloadAtLevel,
    footnotes: [
      "The two levels are read one after the other while the guest is awake, so the ratio is near 1 and not exactly 1.",
    ],
  });
}

/** Exits at a host for each exit of the measured guest, which the innermost host counts; undefined for that host. */
function multiplicationOf(one: Attribution, own: readonly Attribution[]): number | undefined {
  const innermost = own.find((other) => other.host === one.level - 1);
  if (innermost === undefined || one.host === innermost.host) return undefined;
  const exits = innermost.counts.get("exits") ?? 0;
  return exits === 0 ? undefined : (one.counts.get("exits") ?? 0) / exits;
}

function kindsOf(one: Attribution): readonly { readonly name: string; readonly share: number }[] {
  const exits = one.counts.get("exits") ?? 0;
  if (exits === 0) return [];
  return [...one.counts]
    .filter(([name]) => name in EXIT_KINDS)
    .map(([name, count]) => ({ name, share: count / exits }))
    .sort((a, b) => b.share - a.share);
}

function sameTrials(a: Attribution, b: Attribution): boolean {
  return a.workload === b.workload && a.level === b.level;
}

function perTransaction(one: Attribution, counter: string): string {
  return significant((one.counts.get(counter) ?? 0) / one.transactions, 3);
}

function percentText(share: number): string {
  return `${significant(share * 100, 2)}%`;
}
