import type { Analysis } from "./analysis.ts";
import { type Block, figures, type Section, type Table, table, words } from "./document.ts";
import { EXIT_KINDS } from "./kvm-work.ts";
import type { TrialRow } from "./report.ts";
import { significant } from "./units.ts";

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
    const transactions = reading.more["events"] ?? reading.throughputPerSecond * seconds;
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
): Section | undefined {
  if (found.length === 0) return undefined;
  const sums = sumTable(found);
  const blocks: readonly Block[] = [
    { kind: "items", items: sentences(found, analysis) },
    { kind: "table", table: exitTable(found) },
    ...(sums === undefined ? [] : [{ kind: "table", table: sums } as const]),
  ];
  return { id: "attribution", title: "What the layers did: exits that KVM counted", blocks };
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
        one.metric === "throughput" &&
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

function exitTable(found: readonly Attribution[]): Table {
  return table(
    "exits",
    "Exits that KVM counted during trials",
    [
      words("workload"),
      words("D_virt"),
      words("counted at"),
      figures("exits/s"),
      figures("exits", "per transaction"),
      figures("nested entries", "per transaction"),
      figures("multiplication"),
      words("most often"),
    ],
    found.map((one) => {
      const multiplication = multiplicationOf(
        one,
        found.filter((other) => sameTrials(other, one)),
      );
      return [
        one.workload,
        `L${one.level}`,
        `L${one.host}`,
        significant((one.counts.get("exits") ?? 0) / one.seconds, 3),
        perTransaction(one, "exits"),
        one.level - one.host < 2 ? "--" : perTransaction(one, "nested_run"),
        multiplication === undefined ? "--" : significant(multiplication, 3),
        kindsOf(one)
          .slice(0, 3)
          .map(({ name, share }) => `${name} ${percentText(share)}`)
          .join(", ") || "--",
      ];
    }),
    [
      "From KVM's counters on each hosting level, read before and after each trial, so the workload's own start and end are in them. Multiplication: exits at that level for each exit of the measured guest. Shares are of that level's exits; kinds overlap (device access by memory is an emulated instruction too).",
      "An exit that goes with a slowdown need not be its cause.",
    ],
  );
}

/** Every exit of a guest's guest is an entry again: L0 must have counted what L1 did. */
function sumTable(found: readonly Attribution[]): Table | undefined {
  const rows = found.flatMap((one) => {
    const inner = found.find((other) => sameTrials(other, one) && other.host === one.host + 1);
    const [entries, exits] = [one.counts.get("nested_run"), inner?.counts.get("exits")];
    if (entries === undefined || exits === undefined || inner === undefined) return [];
    return [
      [
        one.workload,
        `L${one.level}`,
        `${entries} at L${one.host}`,
        `${exits} at L${inner.host}`,
        significant(entries / exits, 3),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  return table(
    "exits-add-up",
    "Do the counters add up? Entries that a level made for its guest's guest against that guest's own exits",
    [words("workload"), words("D_virt"), words("nested entries"), words("exits"), figures("ratio")],
    rows,
    [
      "The two levels are read one after the other while the guest is awake, so the ratio is near 1 and not exactly 1.",
    ],
  );
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
