import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Library, RunLine } from "../lab/library.ts";
import type { RunRecord } from "../lab/ports.ts";
import { type RunSummary, summaryOf } from "../lab/summary.ts";
import { createCache } from "./cache.ts";

export interface Summaries {
  /** Gives lines without a summary one, as many as can be made in the time. */
  filled(lines: readonly RunLine[], running: ReadonlySet<string>): Promise<readonly RunLine[]>;
  /** Makes those that are missing, newest first, until none is or the signal aborts. */
  makeMissing(signal: AbortSignal): Promise<void>;
}

/** A list is not held up for longer; what is missing then is there when it is looked at again. */
const FILLING_MILLISECONDS = 120;
const AT_ONCE = 50;
const HELD = 500;

/** `report` is told of a run of which none can be made, which is a bug; the other runs are shown all the same. */
export function createSummaries(
  library: Library,
  milliseconds: () => number,
  report: (error: unknown) => void,
): Summaries {
  const failed = new Set<string>();
  /** Of runs that are being measured: each trial would make another one to be kept. */
  const held = createCache<RunSummary>(HELD);
  const make = async (id: string, running: boolean): Promise<RunSummary | undefined> => {
    const run = await library.run(id);
    if (run === undefined) return undefined;
    const basis = await library.basis(id);
    const key = `${basis} ${id}`;
    if (failed.has(key)) return undefined;
    const summary = held.get(key) ?? (await attempted(run, key));
    if (summary === undefined) return undefined;
    if (running) held.set(key, summary, 1);
    else await library.keepSummary(run, basis, summary);
    return summary;
  };
  const attempted = async (run: RunRecord, key: string): Promise<RunSummary | undefined> => {
    try {
      return await summaryOf(run, library);
    } catch (error) {
      failed.add(key);
      report(error);
      return undefined;
    }
  };
  return {
    async filled(lines, running) {
      const until = milliseconds() + FILLING_MILLISECONDS;
      const found: RunLine[] = [];
      for (const line of lines) {
        const summary =
          line.summary ?? (milliseconds() < until ? await make(line.id, running.has(line.id)) : undefined);
        found.push(summary === undefined ? line : { ...line, summary });
      }
      return found;
    },
    async makeMissing(signal) {
      const tried = new Set<string>();
      for (;;) {
        const found = await library.unsummarised(AT_ONCE + tried.size);
        const missing = found.filter((id) => !tried.has(id));
        if (missing.length === 0) return;
        for (const id of missing.slice(0, AT_ONCE)) {
          if (signal.aborted) return;
          tried.add(id);
          await make(id, false);
          await yieldToOthers();
        }
      }
    },
  };
}
