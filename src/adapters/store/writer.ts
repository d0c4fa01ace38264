import { sql, type Transaction } from "kysely";
import { type Observation, type Outcome, trialLost } from "../../core/trial/observation.ts";
import type { ObservationKey, StoreWriter } from "../../lab/store.ts";
import { rawBytes } from "../raw-text.ts";
import { runRow, type StoreDatabase, type Tables } from "./tables.ts";

export function sqliteWriter(db: StoreDatabase): StoreWriter {
  return {
    async addGroup({ id, createdAt, studies, seed }) {
      const row = { id, created_at: createdAt, studies: JSON.stringify(studies), seed };
      await db.insertInto("run_groups").values(row).execute();
    },
    async addRun(run) {
      await db.insertInto("runs").values(runRow(run)).execute();
    },
    extendRun: ({ id, study }) =>
      db.transaction().execute(async (within) => {
        await within
          .updateTable("runs")
          .set({ study: JSON.stringify(study) })
          .where("id", "=", id)
          .execute();
        await sql`DELETE FROM summaries WHERE run = ${id}`.execute(within);
      }),
    async addMachine(run, machine) {
      const { boot, bringUp: bring_up, level } = machine;
      const row = { run, boot, bring_up, level, machine: JSON.stringify(machine) };
      await db.insertInto("machines").values(row).execute();
    },
    async addObservation(run, observation) {
      await db.insertInto("observations").values(observationRow(run, observation)).execute();
    },
    addOutcome: (run, key, outcome) =>
      db.transaction().execute((within) => addOutcome(within, run, key, outcome)),
  };
}

function observationRow(run: string, observation: Observation): Tables["observations"] {
  const { stdout, stderr, ...completed } = observation.completed;
  const { id: trial, run: nth, condition = null, ...place } = observation.trial;
  const { attempt, bringUp: bring_up, startedAt: started_at } = observation;
  return {
    ...{ run, trial, attempt, ...place, condition, nth, bring_up, started_at },
    ...{ seconds: String(completed.seconds), stdout: rawBytes(stdout), stderr: rawBytes(stderr) },
    lost: trialLost(observation) ? 1 : 0,
    observation: JSON.stringify({ ...observation, completed }),
  };
}

async function addOutcome(
  within: Transaction<Tables>,
  run: string,
  { trial, attempt }: ObservationKey,
  outcome: Outcome,
): Promise<void> {
  const { lost, ...judged } = await within
    .selectFrom("observations")
    .select(["boot", "condition", "direction", "level", "workload", "lost"])
    .where("run", "=", run)
    .where("trial", "=", trial)
    .where("attempt", "=", attempt)
    .executeTakeFirstOrThrow(() => new Error(`${trial}#${attempt} was judged before it was stored`));
  await within
    .insertInto("outcomes")
    .values({ run, trial, attempt, ...judged, ...outcomeColumns(outcome), replaced: 0 })
    .execute();
  if (lost === 0 && attempt > 1) {
    await within
      .updateTable("outcomes")
      .set({ replaced: 1 })
      .where("run", "=", run)
      .where("trial", "=", trial)
      .where("attempt", "<", attempt)
      .execute();
  }
  if (outcome.kind === "failed" || outcome.nestedEntries.length === 0) return;
  const { workload, level } = judged;
  const entries = outcome.nestedEntries.map(({ level: host, count }) => ({
    ...{ run, trial, attempt, host, workload, level, entries: count },
  }));
  await within.insertInto("nested_entries").values(entries).execute();
}

function outcomeColumns(outcome: Outcome) {
  const text = JSON.stringify(outcome);
  if (outcome.kind === "failed") {
    return { outcome: text, metrics: null, resolution: null, doubts: 0, unknown_guards: null };
  }
  return {
    outcome: text,
    metrics: JSON.stringify(outcome.reading.metrics),
    resolution: outcome.reading.resolution === undefined ? null : JSON.stringify(outcome.reading.resolution),
    doubts: outcome.doubts.length,
    unknown_guards: outcome.unknown.join(),
  };
}
