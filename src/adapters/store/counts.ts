import { sql } from "kysely";
import { ATTEMPTS } from "../../core/trial/observation.ts";
import type { RunCounts } from "../../lab/store.ts";
import type { StoreDatabase } from "./tables.ts";

/** How far a run is, counted over indexes alone. */
export async function runCounts(db: StoreDatabase, run: string, repeat: number): Promise<RunCounts> {
  const count = async (from: string, where: string): Promise<number> => {
    const found = await sql<{ n: number }>`
      SELECT COUNT(*) AS n FROM ${sql.raw(from)} WHERE o.run = ${run} AND ${sql.raw(where)}`.execute(db);
    return found.rows[0]?.n ?? 0;
  };
  const attempts = await count("observations AS o", "TRUE");
  const repeats = await count("observations AS o INDEXED BY repeated_observations", "attempt > 1");
  const open = await count(
    "observations AS o INDEXED BY lost_observations",
    `lost = 1 AND attempt < ${ATTEMPTS} AND ${SPEAKS}`,
  );
  const doubtRepeats = await count(
    "outcomes AS o INDEXED BY doubted_outcomes",
    `doubts > 0 AND ${MADE_AGAIN}`,
  );
  const doubted = await count(DOUBTED_TRIALS, `doubted <= ${repeat} AND ${NO_SOUND_ATTEMPT} AND ${FEW_LOST}`);
  const executed = attempts - repeats;
  return { executed, repeats, doubtRepeats, settled: executed - open - doubted };
}

/** The attempt that speaks for its trial: the last that kept its machine, else the last. */
export const SPEAKS = `NOT EXISTS (
    SELECT 1 FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial
      AND (other.lost < o.lost OR (other.lost = o.lost AND other.attempt > o.attempt)))`;

const MADE_AGAIN = `EXISTS (
    SELECT 1 FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial AND other.attempt > o.attempt)`;

const DOUBTED_TRIALS = `(
    SELECT run, trial, MAX(attempt) AS attempt, COUNT(*) AS doubted
    FROM outcomes INDEXED BY doubted_outcomes WHERE doubts > 0 GROUP BY run, trial) AS o`;

/** Of a trial's attempts none kept its machine without being doubted: settledTrials in core/trial/observation.ts. */
const NO_SOUND_ATTEMPT = `NOT EXISTS (
    SELECT 1 FROM observations AS other LEFT JOIN outcomes AS said USING (run, trial, attempt)
    WHERE other.run = o.run AND other.trial = o.trial AND other.lost = 0 AND COALESCE(said.doubts, 0) = 0)`;

const FEW_LOST = `(
    SELECT COUNT(*) FROM observations AS other
    WHERE other.run = o.run AND other.trial = o.trial AND other.lost = 1) < ${ATTEMPTS}`;
