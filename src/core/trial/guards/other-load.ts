import { NOT_JUDGED_BECAUSE } from "../../base/timing.ts";
import { type HostSnapshot, readHostSnapshot, type TimedText } from "../../machine/snapshot.ts";
import { doubt, fine, type Guard, type Outcome, overLevels, unknown } from "./guard.ts";

/**
 * CPUs' worth of work by others that may go on beside a trial. Others share caches and memory even where CPUs are
 * idle, so none would be best; less than a tenth cannot be told from rounding in a trial of a second.
 */
const LIMIT_CPUS = 0.1;

/** Each figure is a sum of counters that are rounded down to 10 ms each, some per CPU and some per process. */
const TICKS_OF_NOISE = 10;

const TICK_SECONDS = 0.01;

/** What else ran on the computer below the stack: its busy CPU time less that of dvirt's own process tree. */
export const otherLoad: Guard = {
  name: "other-load",
  check({ observation: { host }, timing }) {
    const reason = NOT_JUDGED_BECAUSE[timing];
    if (reason !== undefined) return unknown(reason);
    if (host === undefined) return unknown("nothing was read of the computer below the stack");
    const each = [
      othersBetween(host.start, host.before, "just before the trial"),
      othersBetween(host.before, host.after, "during the trial"),
    ];
    return overLevels(each, `others used less than ${LIMIT_CPUS} of a CPU of the host`);
  },
};

function othersBetween(from: TimedText, to: TimedText, when: string): Outcome {
  const [begin, end] = [readHostSnapshot(from.text), readHostSnapshot(to.text)];
  if (begin === undefined || end === undefined) return unknown(`the host's CPU times ${when} are not known`);
  const ticks = othersTicks(begin, end);
  const seconds = to.fromSeconds - from.fromSeconds;
  const cpus = (ticks * TICK_SECONDS) / seconds;
  if (ticks <= LIMIT_CPUS * (seconds / TICK_SECONDS) + TICKS_OF_NOISE) return fine("");
  return doubt(`others used ${cpus.toFixed(2)} of the host's ${end.cpus} CPUs ${when}`);
}

function othersTicks(begin: HostSnapshot, end: HostSnapshot): number {
  const stolen = end.cpu.steal - begin.cpu.steal;
  return end.cpu.busy - begin.cpu.busy + stolen - (end.ownTicks - begin.ownTicks);
}
