import type { Problem } from "../core/base/problem.ts";

/** Where the work on an item goes on. */
export interface Slot {
  /** 1-based; no two items are in one slot at a time. */
  readonly number: number;
  /** Aborts when the whole is to end. */
  readonly signal: AbortSignal;
}

/**
 * Works through the items in their order, so many at a time. A problem ends all of it: the work on other items is
 * aborted, and the problems are given back when everything has settled. Rejects when the signal aborts, or for a bug.
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item, slot: Slot) => Promise<Problem | undefined>,
): Promise<readonly Problem[]> {
  const waiting = [...items];
  const ending = new AbortController();
  const problems: Problem[] = [];
  const end = () => {
    waiting.length = 0;
    ending.abort(ENDED);
  };
  const workThrough = async (number: number): Promise<void> => {
    const slot = { number, signal: AbortSignal.any([signal, ending.signal]) };
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const problem = await work(item, slot);
      if (problem === undefined) continue;
      problems.push(problem);
      end();
    }
  };
  const ends = await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, (_, index) =>
      workThrough(index + 1).catch((error: unknown) => {
        end();
        return { error };
      }),
    ),
  );
  signal.throwIfAborted();
  for (const found of ends) if (found !== undefined && found.error !== ENDED) throw found.error;
  return problems;
}

const ENDED = new Error("another boot ended the run");
