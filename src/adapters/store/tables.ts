import { Kysely, SqliteDialect } from "kysely";
import type Database from "libsql";
import { failed, ok, type Result } from "../../core/base/problem.ts";
import type { Timing } from "../../core/base/timing.ts";
import type { Observation } from "../../core/trial/observation.ts";
import type { Direction, Trial } from "../../core/trial/plan.ts";
import type { GroupRecord, Hardware, RunRecord } from "../../lab/ports.ts";
import { KEPT_BYTES } from "../kept-output.ts";
import { DamagedStore } from "../system-problem.ts";
import { readingRows } from "./rows.ts";

export type StoreDatabase = Kysely<Tables>;

/** A structured value as it was stored. */
export function stored<T>(text: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DamagedStore(
      `a row of the store cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Queries over a connection, which closes with it. */
export function databaseOf(connection: Database.Database): StoreDatabase {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: readingRows(connection) }) });
}

/** The columns that schema.ts gives each table; STRICT tables hold what they are declared to hold. */
export interface Tables {
  runs: RunRow;
  run_groups: GroupRow;
  machines: { run: string; boot: number; bring_up: number; level: number; machine: string };
  observations: AttemptRow & {
    lost: number;
    condition: number | null;
    direction: Direction;
    /** The trial's number among those of its workload at its level in its direction. */
    nth: number;
    bring_up: number;
    started_at: string;
    /** In digits: SQL's JSON rounds numbers. */
    seconds: string;
    observation: string;
    stdout: Uint8Array;
    stderr: Uint8Array;
  };
  outcomes: AttemptRow & {
    outcome: string;
    condition: number | null;
    direction: Direction;
    /** Values by the metric's id; null where the trial failed. */
    metrics: string | null;
    /** The same of each metric's resolution. */
    resolution: string | null;
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
    study: stored(row.study),
    seed: row.seed,
    hardware: row.hardware,
    timing: row.timing,
    provenance: stored(row.provenance),
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
  return { id, createdAt, studies: stored(studies), seed };
}

/** What is read of a stored trial's name. */
export type TrialColumns = Omit<AttemptRow, "run" | "attempt"> &
  Pick<Tables["observations"], "condition" | "direction" | "nth">;

export function trialOf({
  trial: id,
  condition,
  nth: run,
  boot,
  direction,
  level,
  workload,
}: TrialColumns): Trial {
  return { id, boot, ...(condition === null ? {} : { condition }), direction, level, workload, run };
}

/** An observation as it is read: what its command printed stands in columns of its own. */
export interface ObservationTexts {
  readonly observation: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing that dvirt stored is longer: what it keeps of a stream, and a line that says what it left out. */
const MOST_BYTES = KEPT_BYTES.head + KEPT_BYTES.tail + 1000;

/** The columns of an observation's texts, of `o`; those that are too long to be ours are not read. */
export const TEXTS = ["observation", "stdout", "stderr"]
  .map((name) => {
    const most = name === "observation" ? 16 * MOST_BYTES : MOST_BYTES;
    return `CASE WHEN length(o.${name}) <= ${most} THEN CAST(o.${name} AS TEXT) END AS ${name}`;
  })
  .join();

/** The problem is that the row is damaged, or was not written by dvirt. */
export function observationOf(
  texts: { readonly [Name in keyof ObservationTexts]: string | null },
): Result<Observation> {
  const { observation, stdout, stderr } = texts;
  try {
    if (observation === null || stdout === null || stderr === null)
      throw new Error("a text is too long to be read");
    const stored: Observation = JSON.parse(observation);
    const { trial, setupSteps, evidence } = stored;
    if (typeof trial?.id !== "string" || !Array.isArray(setupSteps) || !Array.isArray(evidence)) {
      throw new Error("it is no observation");
    }
    return ok({ ...stored, completed: { ...stored.completed, stdout, stderr } });
  } catch (error) {
    return failed({
      code: "store-damaged",
      what: `what was stored of this trial cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: "restore the store from a copy, or begin another with --store FILE",
    });
  }
}
