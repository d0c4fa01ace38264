import { systemClock } from "../../src/adapters/clock.ts";
import { lockLab } from "../../src/adapters/lab-lock.ts";
import { problemText } from "../../src/core/base/problem.ts";
import { LAB_LOCK } from "../../src/platforms/platform.ts";

/** Holds the lab, as a run would, so that no run measures beside a live test; returns how to give it back. */
export async function holdLab(): Promise<() => Promise<void>> {
  const lock = await lockLab(LAB_LOCK, {
    pid: process.pid,
    what: "dvirt's live tests",
    since: systemClock.now(),
  });
  if (!lock.ok) throw new Error(lock.problems.map(problemText).join("\n"));
  return () => lock.value.release();
}
