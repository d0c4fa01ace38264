import type { PrintedQuantity, PublishedRow } from "../../../../../src/core/published/published.ts";

/** A row with plain figures, but for what a test says of it. */
export function madeUpRow(row: Partial<PublishedRow> = {}): PublishedRow {
  return {
    line: 2 + (row.level ?? 0),
    table: "1",
    workload: "cpu",
    resources: "reserved",
    platform: "p",
    level: 0,
    throughput: madeUpQuantity("1000", ""),
    response: madeUpQuantity("4", ""),
    ...row,
  };
}

/** Mean, change, standard error and its percentage, as printed. */
export function madeUpQuantity(
  mean: string,
  change = "",
  standardError = "",
  standardErrorPercent = "",
): PrintedQuantity {
  return { mean, change, standardError, standardErrorPercent };
}
