import { doubt, fine, type Guard, levelsAround, type Outcome, overLevels, unknown } from "./guard.ts";

/**
 * Whether a processor was slowed down: throttled for heat, or given another governor or speed limit. What a CPU
 * runs at moves with its load and is kept as evidence, not judged. Guests cannot see any of it; where no level
 * can, it is unknown.
 */
export const cpuFrequency: Guard = {
  name: "cpu-frequency",
  check(input) {
    const levels = levelsAround(input).filter(({ before }) => before.frequency.size > 0);
    if (levels.length === 0) return unknown("no level can read its processor's speed or its throttling");
    const each = levels.map(({ level, before, after }): Outcome => {
      if (after.frequency.size === 0) return unknown(`L${level}: not readable after the trial`);
      const moved = [...before.frequency].flatMap(([path, was]) => {
        const is = after.frequency.get(path);
        if (path.endsWith("/scaling_cur_freq") || is === was) return [];
        return [`${path} went from ${was} to ${is ?? "nothing"}`];
      });
      return moved.length === 0 ? fine("") : doubt(`L${level}: ${moved.join(", ")}`);
    });
    return overLevels(each, "no CPU was throttled, and no governor or speed limit changed");
  },
};
