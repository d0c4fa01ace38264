import { Kysely, SqliteDialect } from "kysely";
import type Database from "libsql";
import type { Timing } from "../../core/base/timing.ts";
import type { Observation } from "../../core/trial/observation.ts";
import type { Direction } from "../../core/trial/plan.ts";
import type { GroupRecord, Hardware, RunRecord } from "../../lab/ports.ts";

export type StoreDatabase = Kysely<Tables>;

/** Queries over a connection, which closes with it. */
export function databaseOf(connection: Database.Database): StoreDatabase {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: connection }) });
}

/** The columns that schema.ts gives each table; STRICT tables hold what they are declared to hold. */
export interface Tables {
  runs: RunRow;
  run_groups: GroupRow;
  machines: { run: string; boot: number; bring_up: number; level: number; machine: string };
  observations: AttemptRow & { lost: number; observation: string; stdout: string; stderr: string };
  outcomes: AttemptRow & {
    outcome: string;
    condition: number | null;
    direction: Direction;
    /** Values by the metric's id; null where the trial failed. */
    metrics: string | null;
    /** How many guards doubt it. */
    doubts: number;
    /** Names of the guards that could not tell, with commas; null where the trial failed. */
    unknown_guards: string | null;
    /** 1 where a later attempt speaks for the trial. */
    replaced: number;
  };
  nested_entries: Omit<AttemptRow, "boot"> & { host: number; entries: number };
}

/** What names an attempt, and what it was made of. */
interface AttemptRow {
  run: string;
  trial: string;
  attempt: number;
  boot: number;
  level: number;
  workload: string;
}

export interface RunRow {
  readonly id: string;
  readonly created_at: string;
  readonly study: string;
  readonly seed: number;
  readonly hardware: Hardware;
  readonly timing: Timing;
  readonly provenance: string;
  readonly run_group: string | null;
  readonly place: number | null;
}

export function runRow({ createdAt, study, provenance, group, ...run }: RunRecord): RunRow {
  return {
    ...run,
    created_at: createdAt,
    study: JSON.stringify(study),
    provenance: JSON.stringify(provenance),
    run_group: group?.id ?? null,
    place: group?.place ?? null,
  };
}

export function runRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    createdAt: row.created_at,
    study: JSON.parse(row.study),
    seed: row.seed,
    hardware: row.hardware,
    timing: row.timing,
    provenance: JSON.parse(row.provenance),
    ...(row.run_group === null || row.place === null
      ? {}
      : { group: { id: row.run_group, place: row.place } }),
  };
}

export interface GroupRow {
  readonly id: string;
  readonly created_at: string;
  readonly studies: string;
  readonly seed: number;
}

export function groupRecord({ id, created_at: createdAt, studies, seed }: GroupRow): GroupRecord {
  return { id, createdAt, studies: JSON.parse(studies), seed };
}

/** An observation as it is stored: what its command printed stands in columns of its own. */
export type ObservationTexts = Pick<Tables["observations"], "observation" | "stdout" | "stderr">;

export function observationOf({ observation, stdout, stderr }: ObservationTexts): Observation {
  const stored: Observation = JSON.parse(observation);
  return { ...stored, completed: { ...stored.completed, stdout, stderr } };
}
