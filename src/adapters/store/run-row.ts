import { currentStudyData } from "../../core/study.ts";
import type { Timing } from "../../core/timing.ts";
import type { GroupRecord, Hardware, RunRecord } from "../../lab/ports.ts";

/** A row of the table `runs`. */
export interface RunRow {
  readonly id: string;
  readonly created_at: string;
  readonly study: string;
  readonly seed: number;
  readonly hardware: Hardware;
  readonly timing: Timing;
  readonly record: string;
  readonly run_group: string | null;
  readonly place: number | null;
}

export function runRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    createdAt: row.created_at,
    study: currentStudyData(JSON.parse(row.study)),
    seed: row.seed,
    hardware: row.hardware,
    timing: row.timing,
    record: JSON.parse(row.record),
    ...(row.run_group === null || row.place === null
      ? {}
      : { group: { id: row.run_group, place: row.place } }),
  };
}

/** A row of the table `run_groups`. */
export interface GroupRow {
  readonly id: string;
  readonly created_at: string;
  readonly studies: string;
  readonly seed: number;
}

export function groupRecord({ id, created_at: createdAt, studies, seed }: GroupRow): GroupRecord {
  return { id, createdAt, studies: JSON.parse(studies), seed };
}
