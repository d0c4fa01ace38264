import { sql } from "kysely";
import type { FailedTrial } from "../../core/analysis/analysis.ts";
import type { MeasuredTrial } from "../../core/analysis/gather.ts";
import { optional } from "../../core/base/optional.ts";
import type { TrialRow } from "../../core/report/parts/report.ts";
import type { DoubtedTrial, GuardEvidence } from "../../core/trial/doubts.ts";
import type { Outcome, TrialAttempt } from "../../core/trial/observation.ts";
import type { MachineRecord } from "../../lab/ports.ts";
import type { JudgedObservation, ObservationKey, StoreReader, UnjudgedObservation } from "../../lab/store.ts";
import { DamagedStore } from "../system-problem.ts";
import { runCounts, SPEAKS } from "./counts.ts";
import { inPages, type Numbered } from "./pages.ts";
import {
  groupRecord,
  type ObservationTexts,
  observationOf,
  runRecord,
  type StoreDatabase,
  stored,
  type Tables,
  TEXTS,
  type TrialColumns,
  trialOf,
} from "./tables.ts";

export function sqliteReader(db: StoreDatabase): StoreReader {
  return {
    async runs() {
      const rows = await db.selectFrom("runs").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map(runRecord);
    },
    async groups() {
      const query = db.selectFrom("run_groups").selectAll();
      return (await query.orderBy("created_at").orderBy("id").execute()).map(groupRecord);
    },
    async machines(run) {
      const query = db.selectFrom("machines").select("machine").where("run", "=", run);
      const rows = await query.orderBy(sql`rowid`).execute();
      return rows.map((row): MachineRecord => stored(row.machine));
    },
    attempts: (run) => attempts(db, run),
    unjudged: (run) => unjudged(db, run),
    async trial(run, trial) {
      const { rows } = await sql<ObservationTexts & { readonly outcome: string | null }>`
        SELECT ${sql.raw(TEXTS)}, v.outcome FROM ${JUDGED}
        WHERE o.run = ${run} AND o.trial = ${trial} ORDER BY o.attempt`.execute(db);
      return rows.map(({ outcome, ...texts }): JudgedObservation => {
        const observation = observationOf(texts);
        if (!observation.ok) throw new DamagedStore(observation.problems[0]?.what ?? "");
        return {
          observation: observation.value,
          outcome: outcome === null ? undefined : stored(outcome),
        };
      });
    },
    readings: (run) => readings(db, run),
    trials: (run) => trials(db, run),
    guardEvidence: (run) => guardEvidence(db, run),
    failures: (run) => failures(db, run),
    counts: (run, repeat) => runCounts(db, run, repeat),
    nestedEntries: (run) =>
      db
        .selectFrom("nested_entries")
        .select(["workload", "level", "host"])
        .select((make) => [make.fn.min("entries").as("least"), make.fn.max("entries").as("most")])
        .where("run", "=", run)
        .groupBy(["workload", "level", "host"])
        .orderBy("workload")
        .orderBy("level")
        .orderBy("host")
        .execute(),
  };
}

/** Every attempt, as `o`, with its outcome, as `v`, where it has one. */
export const JUDGED = sql.raw("observations AS o LEFT JOIN outcomes AS v USING (run, trial, attempt)");

async function attempts(db: StoreDatabase, run: string): Promise<readonly TrialAttempt[]> {
  const { rows } = await sql<{ trial: string; attempt: number; lost: number; doubts: number }>`
    SELECT o.trial, o.attempt, o.lost, COALESCE(v.doubts, 0) AS doubts FROM ${JUDGED}
    WHERE o.run = ${run} ORDER BY o.rowid`.execute(db);
  return rows.map(({ trial, attempt, lost, doubts }) => ({
    ...{ trial, attempt, lost: lost === 1, doubted: doubts > 0 },
  }));
}

/** One by one, for what a command printed may be long. */
async function* unjudged(db: StoreDatabase, run: string): AsyncGenerator<UnjudgedObservation> {
  const { rows } = await sql<ObservationKey & { readonly row: number }>`
    SELECT o.rowid AS row, o.trial, o.attempt FROM ${JUDGED}
    WHERE o.run = ${run} AND v.trial IS NULL ORDER BY o.rowid`.execute(db);
  for (const { row, trial, attempt } of rows) {
    const found = await sql<ObservationTexts>`
      SELECT ${sql.raw(TEXTS)} FROM observations AS o WHERE o.rowid = ${row}`.execute(db);
    const [texts] = found.rows;
    if (texts !== undefined) yield { key: { trial, attempt }, observation: observationOf(texts) };
  }
}

type OutcomeRow = Tables["outcomes"];

type ReadingRow = Numbered &
  Pick<OutcomeRow, "boot" | "condition" | "direction" | "level" | "workload" | "doubts" | "resolution"> & {
    readonly metrics: string;
    readonly when_measured: string | null;
  };

/** An attempt that could be read is the last that kept its machine, unless it is marked as replaced by a later one. */
function readings(db: StoreDatabase, run: string): AsyncIterable<MeasuredTrial> {
  return inPages(
    db,
    ({ after, count }) => sql<ReadingRow>`
        SELECT rowid AS row, boot, condition, direction, level, workload, metrics, resolution, doubts,
               iif(json_valid(outcome), json_extract(outcome, '$.when'), NULL) AS when_measured
        FROM outcomes
        WHERE run = ${run} AND rowid > ${after} AND metrics IS NOT NULL AND replaced = 0
        ORDER BY rowid LIMIT ${count}`,
    ({ condition, metrics, resolution, when_measured, doubts, boot, direction, level, workload }) => ({
      trial: { boot, ...optional({ condition }), direction, level, workload },
      reading: {
        metrics: stored(metrics),
        ...(resolution === null ? {} : { resolution: stored(resolution) }),
      },
      doubted: doubts > 0,
      ...(when_measured === null ? {} : { when: stored(when_measured) }),
    }),
  );
}

type TrialTextRow = Numbered &
  TrialColumns &
  Pick<Tables["observations"], "attempt" | "bring_up" | "started_at" | "seconds"> & {
    readonly outcome: string | null;
  };

function trials(db: StoreDatabase, run: string): AsyncIterable<TrialRow> {
  return inPages(
    db,
    ({ after, count }) => sql<TrialTextRow>`
        SELECT o.rowid AS row, ${TRIAL}, o.attempt, o.bring_up, o.started_at, o.seconds, v.outcome
        FROM ${JUDGED}
        WHERE o.run = ${run} AND o.rowid > ${after} AND ${sql.raw(SPEAKS)}
        ORDER BY o.rowid LIMIT ${count}`,
    trialRow,
  );
}

const TRIAL = sql.raw("o.trial, o.boot, o.condition, o.direction, o.level, o.workload, o.nth");

function trialRow(row: TrialTextRow): TrialRow {
  const outcome: Outcome | undefined = row.outcome === null ? undefined : stored(row.outcome);
  const measured = outcome?.kind === "measured" ? outcome : undefined;
  return {
    trial: trialOf(row),
    attempt: row.attempt,
    bringUp: row.bring_up,
    startedAt: row.started_at,
    seconds: Number(row.seconds),
    reading: measured?.reading,
    problem: outcome?.kind === "failed" ? outcome.problem : undefined,
    kvm: measured?.kvm ?? [],
    doubts: measured?.doubts ?? [],
  };
}

async function failures(db: StoreDatabase, run: string): Promise<readonly FailedTrial[]> {
  const { rows } = await sql<TrialColumns & { outcome: string }>`
    SELECT ${TRIAL}, v.outcome
    FROM outcomes AS v INDEXED BY unread_outcomes
      CROSS JOIN observations AS o ON o.run = v.run AND o.trial = v.trial AND o.attempt = v.attempt
    WHERE v.metrics IS NULL AND ${sql.raw(SPEAKS)} AND v.run = ${run}
    ORDER BY o.rowid`.execute(db);
  return rows.flatMap((row): readonly FailedTrial[] => {
    const outcome: Outcome = stored(row.outcome);
    return outcome.kind === "failed" ? [{ trial: trialOf(row), problem: outcome.problem }] : [];
  });
}

async function guardEvidence(db: StoreDatabase, run: string): Promise<GuardEvidence> {
  const { rows } = await sql<{ unknown: string; trials: number }>`
    SELECT unknown_guards AS unknown, COUNT(*) AS trials FROM outcomes INDEXED BY guards_of_run
    WHERE run = ${run} AND metrics IS NOT NULL AND replaced = 0
    GROUP BY unknown_guards`.execute(db);
  return {
    judged: rows.map(({ unknown, trials: count }) => ({
      unknown: unknown.split(",").filter((name) => name !== ""),
      trials: count,
    })),
    doubted: doubted(db, run),
  };
}

type DoubtedRow = Numbered & Pick<OutcomeRow, "trial" | "attempt" | "workload" | "level" | "outcome">;

function doubted(db: StoreDatabase, run: string): AsyncIterable<DoubtedTrial> {
  return inPages(
    db,
    ({ after, count }) => sql<DoubtedRow>`
        SELECT rowid AS row, trial, attempt, workload, level, outcome FROM outcomes
        WHERE run = ${run} AND rowid > ${after} AND doubts > 0 AND replaced = 0
        ORDER BY rowid LIMIT ${count}`,
    ({ trial: id, attempt, workload, level, outcome: text }) => {
      const outcome: Outcome = stored(text);
      return {
        trial: { id, workload, level },
        attempt,
        doubts: outcome.kind === "measured" ? outcome.doubts : [],
      };
    },
  );
}
