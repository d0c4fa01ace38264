import type { BasicType } from "hyparquet-writer";
import { ok } from "../core/base/problem.ts";
import type { Report, TrialRow } from "../core/report/parts/report.ts";
import {
  CELL_COLUMNS,
  type Data,
  type DataColumn,
  type Placed,
  TRIAL_COLUMNS,
  withOrigin,
} from "./data-columns.ts";
import type { Output } from "./output.ts";

export const parquet: Output = {
  name: "parquet",
  about: "trials.parquet and tables.parquet, the columns of the CSV files with their types",
  made: "on request",
  render: async (report) =>
    ok([
      { name: "trials.parquet", content: await parquetBytes(report, ATTEMPT_COLUMNS, report.trials) },
      { name: "tables.parquet", content: await parquetBytes(report, CELL_COLUMNS, report.analysis.cells) },
    ]),
};

const ATTEMPT_COLUMNS: readonly DataColumn<Data<TrialRow>>[] = [
  ...TRIAL_COLUMNS,
  { name: "attempt", type: "count", value: ({ attempt }) => attempt },
  { name: "started_at", type: "text", value: ({ startedAt }) => startedAt },
  { name: "duration_s", type: "figure", value: ({ seconds }) => seconds },
];

const TYPES: Readonly<Record<DataColumn<unknown>["type"], BasicType>> = {
  text: "STRING",
  count: "INT32",
  level: "INT32",
  figure: "DOUBLE",
};

async function parquetBytes<Entry extends Placed>(
  report: Report,
  columns: readonly DataColumn<Data<Entry>>[],
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): Promise<Uint8Array> {
  const { ByteWriter, parquetWriteRows } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  await parquetWriteRows({
    writer,
    rows: rowsOf(report, columns, entries),
    columns: columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true })),
    createdBy: "dvirt",
    ...(report.label === undefined ? {} : { kvMetadata: [{ key: "label", value: report.label }] }),
  });
  return new Uint8Array(writer.getBuffer());
}

/** One at a time: a run may have a million trials. */
async function* rowsOf<Entry extends Placed>(
  report: Report,
  columns: readonly DataColumn<Data<Entry>>[],
  entries: AsyncIterable<Entry> | Iterable<Entry>,
) {
  for await (const entry of entries) {
    const data = withOrigin(report, entry);
    yield Object.fromEntries(columns.map(({ name, value }) => [name, value(data)]));
  }
}
