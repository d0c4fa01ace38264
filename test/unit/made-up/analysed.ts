import {
  type Analysis,
  addReading,
  analyse as analyseGathered,
  type Design,
  type FailedTrial,
  type Gathered,
  type MeasuredTrial,
} from "../../../src/core/analysis/analysis.ts";

/** The analysis of readings that are in memory. */
export function analyse(
  measured: Iterable<MeasuredTrial>,
  failed: readonly FailedTrial[],
  design: Design,
): Analysis {
  const gathered: Gathered = new Map();
  for (const one of measured) addReading(gathered, one);
  return analyseGathered(gathered, failed, design);
}
