import type { BasicType } from "hyparquet-writer";
import type { Cell, Quantity } from "../core/analysis.ts";
import { doubtsText } from "../core/doubts.ts";
import { ok } from "../core/problem.ts";
import { originOf, type Report, type TrialRow } from "../core/report.ts";
import type { Output } from "./output.ts";

export const parquet: Output = {
  name: "parquet",
  about: "trials.parquet and tables.parquet, the columns of the CSV files with their types",
  made: "on request",
  render: async (report) => {
    const label = report.label ?? "";
    return ok([
      {
        name: "trials.parquet",
        content: await parquetBytes(TRIAL_COLUMNS, trialRecords(report), label),
      },
      {
        name: "tables.parquet",
        content: await parquetBytes(
          TABLE_COLUMNS,
          report.analysis.cells.map((cell) => ({ ...originOf(report, cell.platform), ...cellRecord(cell) })),
          label,
        ),
      },
    ]);
  },
};

interface ColumnType {
  readonly type: BasicType;
  /** Whether a value may be missing. */
  readonly nullable: boolean;
}

const TEXT: ColumnType = { type: "STRING", nullable: false };
const COUNT: ColumnType = { type: "INT32", nullable: false };
const FIGURE: ColumnType = { type: "DOUBLE", nullable: false };
const FIGURE_OR_NONE: ColumnType = { type: "DOUBLE", nullable: true };

type ColumnTypes = Readonly<Record<string, ColumnType>>;

const TRIAL_COLUMNS: ColumnTypes = {
  run: TEXT,
  hardware: TEXT,
  timing: TEXT,
  trial: TEXT,
  boot: COUNT,
  condition: { ...COUNT, nullable: true },
  bring_up: COUNT,
  attempt: COUNT,
  direction: TEXT,
  level: COUNT,
  workload: TEXT,
  started_at: TEXT,
  duration_s: FIGURE,
  throughput_per_s: FIGURE_OR_NONE,
  response_s: FIGURE_OR_NONE,
  problem: { ...TEXT, nullable: true },
  doubts: { ...TEXT, nullable: true },
};

const TABLE_COLUMNS: ColumnTypes = {
  run: TEXT,
  hardware: TEXT,
  timing: TEXT,
  workload: TEXT,
  resources: TEXT,
  platform: TEXT,
  condition: { ...TEXT, nullable: true },
  level: COUNT,
  boots: COUNT,
  throughput_per_s: FIGURE,
  throughput_change_from_previous_level: FIGURE_OR_NONE,
  throughput_stderr_per_s: FIGURE_OR_NONE,
  throughput_ratio_to_l0: FIGURE_OR_NONE,
  response_s: FIGURE,
  response_change_from_previous_level: FIGURE_OR_NONE,
  response_stderr_s: FIGURE_OR_NONE,
  response_ratio_to_l0: FIGURE_OR_NONE,
};

type ParquetRow = Readonly<Record<string, string | number | undefined>>;

/** One at a time: a run may have a million. */
function* trialRecords(report: Report): Generator<ParquetRow> {
  for (const row of report.trials) yield { ...originOf(report, row.platform), ...trialRecord(row) };
}

function trialRecord(row: TrialRow) {
  const { trial, attempt, bringUp, startedAt, seconds, reading, problem, doubts } = row;
  return {
    trial: trial.id,
    boot: trial.boot,
    condition: trial.condition,
    bring_up: bringUp,
    attempt,
    direction: trial.direction,
    level: trial.level,
    workload: trial.workload,
    started_at: startedAt,
    duration_s: seconds,
    throughput_per_s: reading?.throughputPerSecond,
    response_s: reading?.responseMeanSeconds,
    problem: problem?.what,
    doubts: doubts.length === 0 ? undefined : doubtsText(doubts),
  };
}

function cellRecord({ workload, resources, platform, condition, level, throughput, response }: Cell) {
  const of = (name: string, unit: string, quantity: Quantity) => ({
    [`${name}_${unit}`]: quantity.estimate.mean,
    [`${name}_change_from_previous_level`]: quantity.changeFromPreviousLevel,
    [`${name}_stderr_${unit}`]: quantity.estimate.standardError,
    [`${name}_ratio_to_l0`]: quantity.ratioToL0,
  });
  return {
    workload,
    resources,
    platform,
    condition,
    level,
    boots: throughput.estimate.n,
    ...of("throughput", "per_s", throughput),
    ...of("response", "s", response),
  };
}

async function parquetBytes(
  types: ColumnTypes,
  rows: Iterable<ParquetRow>,
  label: string,
): Promise<Uint8Array> {
  const { ByteWriter, parquetWriteRows } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  await parquetWriteRows({
    writer,
    rows,
    columns: Object.entries(types).map(([name, type]) => ({ name, ...type })),
    createdBy: "dvirt",
    ...(label === "" ? {} : { kvMetadata: [{ key: "label", value: label }] }),
  });
  return new Uint8Array(writer.getBuffer());
}
