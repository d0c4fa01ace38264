import type { Cell, Comparison } from "../../analysis/analysis.ts";
import { HEADLINE } from "../../base/metrics.ts";
import { meanOf } from "../../stats/mean.ts";
import type { Attribution } from "./attribution.ts";
import type { PublishedRatio } from "./published-ratios.ts";
import type { RunEvidence } from "./run-evidence.ts";

/** What a world switch is assumed to take beyond its instructions, in nanoseconds; published costs lie among them. */
export const ASSUMED_NANOSECONDS: readonly number[] = [0, 250, 500, 1000, 2000];

/** A transaction of one workload at one level: what was counted of it. */
export interface Transaction {
  /** Of the machine's own clock, which counts instructions. */
  readonly seconds: number;
  /** Exits to L0, each with the entry that follows; none at L0, which runs on the hardware itself. */
  readonly switches: number;
}

/** One level against one below it, as counted and with a cost for each world switch of the hardware. */
export interface HardwareCost {
  readonly workload: string;
  readonly level: number;
  /** The level that it is compared with. */
  readonly to: number;
  readonly own: Transaction;
  readonly base: Transaction;
  /** What a study measured of the same workload and levels on real hardware; absent where none did. */
  readonly published?: PublishedRatio;
}

/** The level's throughput relative to the other's if each world switch took so much longer. */
export function ratioAt({ own, base }: Pick<HardwareCost, "own" | "base">, nanoseconds: number): number {
  return secondsAt(base, nanoseconds) / secondsAt(own, nanoseconds);
}

function secondsAt({ seconds, switches }: Transaction, nanoseconds: number): number {
  return seconds + switches * nanoseconds * 1e-9;
}

/** The cost of a switch at which the ratio is the given one; undefined where none from 0 upwards gives it. */
export function nanosecondsFor(
  { own, base }: Pick<HardwareCost, "own" | "base">,
  ratio: number,
): number | undefined {
  const seconds = (ratio * own.seconds - base.seconds) / (base.switches - ratio * own.switches);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1e9 : undefined;
}

/**
 * Every comparison of throughput for which both levels' world switches are known, in the order of the analysis. None
 * unless QEMU counted the instructions. None where the study has factors: exits are summed over its conditions.
 */
export function hardwareCosts(run: RunEvidence): readonly HardwareCost[] {
  const { analysis, attributions, publishedRatios, subject } = run;
  const [ground] = subject.levels;
  if (run.timing !== "counted" || ground?.driver !== "qemu-tcg") return [];
  return analysis.comparisons
    .filter(({ metric, condition }) => metric === HEADLINE && condition === undefined)
    .flatMap((comparison): HardwareCost[] => {
      const { workload, level, to } = comparison;
      const found = transactionsOf(comparison, analysis.cells, attributions);
      if (found === undefined) return [];
      const published = publishedRatios.find(
        (one) =>
          one.platform === ground.facts.architecture &&
          one.workload === workload &&
          one.level === level &&
          one.to === to,
      );
      return [{ workload, level, to, ...found, ...(published === undefined ? {} : { published }) }];
    });
}

/** With no cost for a switch, the two give the ratio that the analysis has. */
function transactionsOf(
  { workload, level, to, estimate }: Comparison,
  cells: readonly Cell[],
  attributions: readonly Attribution[],
): Pick<HardwareCost, "own" | "base"> | undefined {
  const cell = cells.find((one) => one.workload === workload && one.level === to);
  const [own, base] = [level, to].map((at) => switchesOf(attributions, workload, at));
  if (cell === undefined || own === undefined || base === undefined) return undefined;
  // The geometric mean over boots, on which ratios rest.
  const seconds = Math.exp(-meanOf(cell[HEADLINE].geometric.map(Math.log)));
  return {
    own: { seconds: seconds / estimate.ratio, switches: own },
    base: { seconds, switches: base },
  };
}

/** World switches of the hardware for one transaction; undefined where L0's KVM could not be read. */
function switchesOf(
  attributions: readonly Attribution[],
  workload: string,
  level: number,
): number | undefined {
  if (level === 0) return 0;
  const ground = attributions.find(
    (one) => one.workload === workload && one.level === level && one.host === 0,
  );
  return ground && (ground.counts.get("exits") ?? 0) / ground.transactions;
}
