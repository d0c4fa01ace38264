import { doubt, eachLevel, fine, type Guard, unknown } from "./guard.ts";

/** Counters of /proc/vmstat that stand still where there is memory enough, and what it means that one moved. */
const COUNTERS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/^pswpin$/, "pages came back from swap"],
  [/^pswpout$/, "pages went out to swap"],
  [/^oom_kill$/, "processes were killed for want of memory"],
  [/^allocstall_/, "allocations had to free memory first (direct reclaim)"],
];

/** Swap and want of memory at any level: a trial that waits for memory measures that. */
export const memoryPressure: Guard = {
  name: "memory-pressure",
  check(input) {
    return eachLevel(input, "no level swapped or was short of memory", ({ level, before, after }) => {
      const moved: string[] = [];
      for (const [pattern, meaning] of COUNTERS) {
        const names = [...after.memory.keys()].filter((name) => pattern.test(name));
        if (names.length === 0) return unknown(`L${level}: no counter says whether ${meaning}`);
        const grown = names.reduce(
          (sum, name) => sum + (after.memory.get(name) ?? 0) - (before.memory.get(name) ?? Number.NaN),
          0,
        );
        if (Number.isNaN(grown))
          return unknown(`L${level}: not counted before the trial: ${names.join(", ")}`);
        if (grown > 0) moved.push(`${grown} ${meaning}`);
      }
      return moved.length === 0 ? fine("") : doubt(`L${level}: ${moved.join(", ")}`);
    });
  },
};
