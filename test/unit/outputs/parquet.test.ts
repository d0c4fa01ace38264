import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../src/core/report/parts/report.ts";
import { allOf } from "../../../src/core/report/parts/report.ts";
import { parquet } from "../../../src/outputs/parquet.ts";
import { madeUpDocument } from "../made-up/document.ts";
import { MADE_UP_LABEL } from "../made-up/figures.ts";
import { filesOf } from "./rendered.ts";

async function buffers(report: Report): Promise<readonly ArrayBuffer[]> {
  const files = await filesOf(parquet, report);
  expect(files.map(({ name }) => name)).toEqual(["trials.parquet", "tables.parquet"]);
  return files.map(({ content }) => {
    if (typeof content === "string") throw new Error("Parquet is no text");
    return new Uint8Array(content).buffer;
  });
}

async function read(report: Report) {
  return Promise.all((await buffers(report)).map((file) => parquetReadObjects({ file })));
}

describe("Parquet", () => {
  test("has every trial, the failed one with its problem and no figures", async () => {
    const report = madeUpDocument();
    const [trials] = await read(report);
    expect(trials).toEqual(
      Array.from(await allOf(report.trials), ({ trial, reading, problem }) => ({
        run: "made-up-2014",
        hardware: "emulated",
        timing: "wall",
        trial: trial.id,
        boot: trial.boot,
        condition: undefined,
        bring_up: trial.boot,
        attempt: 1,
        direction: trial.direction,
        level: trial.level,
        workload: trial.workload,
        started_at: "2026-01-02T03:04:05.000Z",
        duration_s: 12.5,
        throughput_per_s: reading?.metrics.throughput,
        response_s: reading?.metrics.response,
        problem: problem?.what,
        doubts: undefined,
      })).map((row) => ({ ...row, ...missing(row) })),
    );
    expect(trials?.filter((row) => row["problem"] !== null)).toHaveLength(1);
  });

  test("has every cell at full precision, and nothing where nothing is", async () => {
    const report = madeUpDocument();
    const [, cells] = await read(report);
    expect(cells).toHaveLength(report.analysis.cells.length);
    expect(cells?.map((row) => row["throughput_per_s"])).toEqual(
      report.analysis.cells.map((cell) => cell.throughput.estimate.mean),
    );
    expect(cells?.[0]).toMatchObject({ level: 0, response_change_from_previous_level: null });
  });

  test("names its label beside the data", async () => {
    const [trials] = await buffers(madeUpDocument());
    const metadata = parquetMetadata(trials ?? new ArrayBuffer());
    expect(metadata.key_value_metadata).toEqual([{ key: "label", value: MADE_UP_LABEL }]);
  });

  test("of a report without trials has their columns and no rows", async () => {
    const [trials] = await buffers(madeUpDocument({ trials: [] }));
    const metadata = parquetMetadata(trials ?? new ArrayBuffer());
    expect(metadata.num_rows).toBe(0n);
    expect(metadata.schema.map(({ name }) => name)).toContain("throughput_per_s");
  });
});

/** What Parquet reads back where there was no value. */
function missing(row: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value === undefined)
      .map(([key]) => [key, null]),
  );
}
