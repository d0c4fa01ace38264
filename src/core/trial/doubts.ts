import { guards } from "./guards/index.ts";
import type { Doubt } from "./observation.ts";
import type { Trial } from "./plan.ts";

/** What the guards said of the trials that were measured, one attempt per trial. */
export interface GuardEvidence {
  /** How many trials there are with the same guards unable to tell. */
  readonly judged: readonly { readonly unknown: readonly string[]; readonly trials: number }[];
  /** In the order of judging; read as often as wanted. */
  readonly doubted: AsyncIterable<DoubtedTrial> | Iterable<DoubtedTrial>;
}

export interface DoubtedTrial {
  readonly trial: Pick<Trial, "id" | "workload" | "level">;
  readonly attempt: number;
  readonly doubts: readonly Doubt[];
}

/** One guard over all trials of a run. */
export interface GuardTally {
  readonly guard: string;
  readonly fine: number;
  readonly doubted: number;
  readonly unknown: number;
  /** The first doubt, with the trial that it is about. */
  readonly example: string | undefined;
}

export interface DoubtSummary {
  readonly tallies: readonly GuardTally[];
  readonly measured: number;
  readonly doubted: number;
  /** The first of them, as many as a report lists. */
  readonly named: readonly DoubtedTrial[];
}

/** A trial's doubts in one line; empty where there are none. */
export function doubtsText(doubts: readonly Doubt[]): string {
  return doubts.map(({ guard, sentence }) => `${guard}: ${sentence}`).join("; ");
}

/** Doubted trials that a report names; all are in the store and in the tables of trials. */
const NAMED = 20;

/** What the guards said, counted in one pass. */
export async function summarise({ judged, doubted }: GuardEvidence): Promise<DoubtSummary> {
  const measured = judged.reduce((sum, { trials }) => sum + trials, 0);
  const counts = new Map<string, { doubted: number; example: string }>();
  const named: DoubtedTrial[] = [];
  let all = 0;
  for await (const one of doubted) {
    all += 1;
    if (named.length < NAMED) named.push(one);
    for (const { guard, sentence } of one.doubts) {
      const own = counts.get(guard) ?? { doubted: 0, example: `${one.trial.id}: ${sentence}` };
      own.doubted += 1;
      counts.set(guard, own);
    }
  }
  const tallies = guards.map(({ name: guard }): GuardTally => {
    const unknown = judged
      .filter((one) => one.unknown.includes(guard))
      .reduce((sum, { trials }) => sum + trials, 0);
    const { doubted = 0, example } = counts.get(guard) ?? {};
    return { guard, fine: measured - unknown - doubted, doubted, unknown, example };
  });
  return { tallies, measured, doubted: all, named };
}
