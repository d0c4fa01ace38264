import { blockResidual } from "../../../../src/core/stats/block-residual.ts";
import { blockedLogRatio, type RatioEstimate } from "../../../../src/core/stats/ratio.ts";

/** Two levels alone, measured in the same boots: their layout has no more to say than the pairs have. */
export function pairedLogRatio(
  of: readonly number[],
  to: readonly number[],
  confidence: number,
): RatioEstimate | undefined {
  const below = (at: number) => to[at] ?? Number.NaN;
  const logs = of.map((value, at) => Math.log(value) - Math.log(below(at)));
  const residual = blockResidual(of.map((value, at) => [Math.log(value), Math.log(below(at))]));
  return blockedLogRatio({ logs, residual, weight: 2 }, confidence);
}
