import { type Audit, columnText, type Discrepancy } from "../core/published/audit/audit.ts";
import type { Interval } from "../core/published/audit/interval.ts";
import type { ParsedRow } from "../core/published/audit/parsed-tables.ts";
import { auditSummary } from "../core/published/audit/sections.ts";

/** The audit for programs: every check with what is printed and what was recomputed, as [low, high]. */
export function auditJson(audit: Audit): string {
  const { derived, pValues, runs, closedLoop, perCpu, claims, discrepancies, ifZerosKept } = audit;
  const document = {
    name: audit.name,
    holds: discrepancies.length === 0,
    summary: auditSummary(audit),
    notes: audit.notes,
    discrepancies: discrepancies.map(discrepancyOf),
    ifZerosKept: ifZerosKept.map(discrepancyOf),
    derived: derived.checks.map(({ row, measure, column, printed, recomputed, holds, unitsApart }) => ({
      ...place(row),
      figure: columnText(measure, column),
      printed: printed.text,
      ...ends("printedRange", printed.interval),
      ...ends("recomputedRange", recomputed),
      holds,
      unitsApart,
    })),
    unchecked: derived.unchecked,
    runs,
    pValues: pValues.map(({ published, fits, byMore }) => ({ ...published, fits, byMore })),
    closedLoop: closedLoop.map(({ row, threads, busy, variation, status, leastRuns }) => ({
      ...place(row),
      ...ends("busyThreads", busy),
      threads,
      variation,
      status,
      leastRuns,
    })),
    perCpu: perCpu.map(({ row, cpus, throughput, change }) => ({
      ...place(row),
      cpus,
      ...ends("throughputPerCpu", throughput),
      ...ends("changePercent", change),
    })),
    claims: claims.map(({ claim: { id, where, quote }, status, readings }) => ({
      id,
      where,
      quote,
      status,
      readings: readings.map(({ reading: { assuming, scope }, holds, comparisons }) => {
        return { assuming, scope, holds, comparisons };
      }),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function discrepancyOf({ interval, ...discrepancy }: Discrepancy) {
  return { ...discrepancy, ...ends("recomputedRange", interval) };
}

function place({ row }: ParsedRow) {
  const { line, table, workload, resources, platform, level } = row;
  return { line, table, workload, resources, platform, level };
}

function ends(name: string, interval: Interval | undefined) {
  return interval === undefined ? {} : { [name]: [interval.low, interval.high] };
}
