import { printedNumber } from "../../published/audit/printed-number.ts";
import type { PublishedRow, PublishedStudy } from "../../published/published.ts";
import { rowsOf } from "../../published/published-rows.ts";

/** What a study's table says of a level's throughput relative to that of a lower one. */
export interface PublishedRatio {
  readonly study: string;
  readonly table: string;
  /** The study's own name of it; a processor architecture, where it has one platform for each. */
  readonly platform: string;
  readonly workload: string;
  readonly level: number;
  readonly to: number;
  readonly ratio: number;
}

/**
 * Each level against L0 and against the level below, where both had the same CPUs: where a guest had fewer, its
 * throughput mixes the layer with lost CPUs.
 */
export function publishedRatios(studies: readonly PublishedStudy[]): readonly PublishedRatio[] {
  return studies.flatMap(({ name, results }) => {
    const rows = results === undefined ? [] : rowsOf(results);
    return rows.flatMap((row) =>
      [...new Set([0, row.level - 1])].flatMap((to): PublishedRatio[] => {
        const base = rows.find((other) => other.level === to && sameSeries(other, row));
        const ratio = row.level === 0 || base === undefined ? undefined : throughputRatio(row, base);
        if (ratio === undefined) return [];
        const { table, platform, workload, level } = row;
        return [{ study: name, table, platform, workload, level, to, ratio }];
      }),
    );
  });
}

function sameSeries(a: PublishedRow, b: PublishedRow): boolean {
  return a.table === b.table && a.platform === b.platform;
}

function throughputRatio(row: PublishedRow, base: PublishedRow): number | undefined {
  if (row.cpus === undefined || row.cpus !== base.cpus) return undefined;
  const [of, to] = [row, base].map(({ throughput }) => printedNumber(throughput.mean)?.value);
  return of === undefined || to === undefined ? undefined : of / to;
}
