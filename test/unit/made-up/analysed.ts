import {
  type Analysis,
  analyse as analyseGathered,
  type Design,
  type FailedTrial,
} from "../../../src/core/analysis/analysis.ts";
import { addReading, type Gathered, type MeasuredTrial } from "../../../src/core/analysis/gather.ts";

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
