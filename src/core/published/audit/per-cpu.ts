import { exactly, type Interval, over, percentChange } from "./interval.ts";
import { type ParsedRow, type ParsedTables, seriesOf } from "./parsed-tables.ts";

/** Throughput per CPU where a series changed the number of CPUs from level to level. */
export interface PerCpuRow {
  readonly row: ParsedRow;
  readonly cpus: number;
  /** Transactions per second and CPU. */
  readonly throughput: Interval;
  /** In percent of the level before; absent at the first. */
  readonly change: Interval | undefined;
}

/** Only series whose CPUs are stated at every level and differ: elsewhere the raw figures say the same. */
export function perCpu(tables: ParsedTables): readonly PerCpuRow[] {
  const cpusOf = new Map<string, Set<number | undefined>>();
  for (const { row } of tables.rows) {
    cpusOf.set(seriesOf(row), (cpusOf.get(seriesOf(row)) ?? new Set()).add(row.cpus));
  }
  return tables.rows.flatMap((one) => {
    const { row } = one;
    const stated = cpusOf.get(seriesOf(row));
    const throughput = throughputPerCpu(one);
    if (row.cpus === undefined || throughput === undefined) return [];
    if (stated === undefined || stated.size < 2 || stated.has(undefined)) return [];
    const before = tables.before(row);
    const from = before === undefined ? undefined : throughputPerCpu(before);
    const change = from === undefined ? undefined : percentChange(from, throughput);
    return [{ row: one, cpus: row.cpus, throughput, change }];
  });
}

function throughputPerCpu({ row, throughput }: ParsedRow): Interval | undefined {
  return row.cpus === undefined || throughput.mean === undefined
    ? undefined
    : over(throughput.mean.interval, exactly(row.cpus));
}
