import type { Clock } from "../lab/ports.ts";

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  seconds: () => Number(process.hrtime.bigint()) / 1e9,
};
