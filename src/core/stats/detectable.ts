import { blockedDf } from "./ratio.ts";
import { tQuantile } from "./t-distribution.ts";

/**
 * The least cost that is told from none in about eight of ten studies, as a share of throughput, where the logarithm of a
 * level's ratio differs by `spread` (a standard deviation) from boot to boot: the half-width of its 95% interval and the
 * 80% point of Student's t beyond it. Undefined for one boot, which has no interval, and for one level.
 */
export function leastCostTold(
  { boots, levels }: { readonly boots: number; readonly levels: number },
  spread: number,
): number | undefined {
  if (boots < 2 || levels < 2) return undefined;
  const df = blockedDf(boots - 1, (boots - 1) * (levels - 1));
  const needed = (tQuantile(0.975, df) + tQuantile(0.8, df)) * (spread / Math.sqrt(boots));
  return -Math.expm1(-needed);
}
