import { notJudgedBecause } from "../timing.ts";
import {
  doubt,
  fine,
  type Guard,
  type GuardInput,
  levelsAround,
  type Outcome,
  overLevels,
  unknown,
} from "./guard.ts";

/**
 * The share of CPU time that a level may lose to those below it, by level; the last for all deeper ones. Time that
 * is not the level's own is missing from its throughput, so 2%, what a study calls equivalent, unless seen otherwise.
 */
const LIMITS: Readonly<Record<"real" | "emulated" | "counted", readonly number[]>> = {
  real: [0.02],
  // In 98 ordinary trials there, L1 lost up to 2.3% and L2 up to 19% to its own hypervisor's threads and channel
  // on the one CPU below; about twice that is not its own doing.
  emulated: [0.02, 0.05, 0.35],
  // On a Lynnfield that Bochs emulates L1 lost up to 5.7% and L2 up to 8.4% in 42 ordinary trials.
  counted: [0.02, 0.12, 0.35],
};

/** A tick is 10 ms: fewer than this many are rounding. */
const TICKS_OF_NOISE = 5;

export const steal: Guard = {
  name: "steal",
  check(input) {
    // An emulated mainframe's own account of the time that it gives its guests is no more than its speed is.
    const reason = input.timing === "functional" ? notJudgedBecause(input.timing) : undefined;
    if (reason !== undefined) return unknown(reason);
    const limits = limitsOf(input);
    const each = levelsAround(input).map(({ level, before, after }): Outcome => {
      if (before.cpu === undefined || after.cpu === undefined)
        return unknown(`L${level}: no CPU times to read`);
      const stolen = after.cpu.steal - before.cpu.steal;
      const share = stolen / Math.max(1, after.cpu.all - before.cpu.all);
      const limit = limits[Math.min(level, limits.length - 1)] ?? 0;
      if (stolen <= TICKS_OF_NOISE || share <= limit) return fine("");
      return doubt(
        `L${level} was not let run for ${(share * 100).toFixed(1)}% of its CPU time (steal), more than ${limit * 100}%`,
      );
    });
    return overLevels(each, "no level lost more CPU time to those below it than is usual");
  },
};

function limitsOf({ hardware, timing }: GuardInput): readonly number[] {
  if (timing === "counted") return LIMITS.counted;
  return LIMITS[hardware === "emulated" ? "emulated" : "real"];
}
